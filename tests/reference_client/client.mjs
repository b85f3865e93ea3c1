// The reference client of the wire contract: connects with its token in the query, sends it once more
// in `authorize`, and prints a line of JSON for everything it hears. Nothing in it knows of restarts.
import { io } from "socket.io-client";

const [url, token] = process.argv.slice(2);
const say = (event, payload) => process.stdout.write(JSON.stringify({ event, payload }) + "\n");

const socket = io(url, { query: { token } });
socket.on("connect", () => {
  say("connect");
  socket.emit("authorize", { token });
});
socket.on("disconnect", (reason) => say("disconnect", reason));
socket.on("error", (error) => say("error", error));
socket.on("authorized", (user) => say("authorized", user));
for (const event of ["message", "edit_message", "delete_message", "ticket_closed"]) {
  socket.on(event, (payload) => say(event, payload));
}
