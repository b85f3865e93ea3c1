// A client that resumes, as the contract's page shows it: prints a line of JSON for everything it hears.
import { io } from "socket.io-client";

const [url, token] = process.argv.slice(2);
const say = (event, payload) => process.stdout.write(JSON.stringify({ event, payload }) + "\n");

let last;
const socket = io(url, { auth: (send) => send({ token, last_event_id: last }) });
socket.on("disconnect", (reason) => say("disconnect", reason));
socket.on("authorized", (user) => {
  last ??= user.event_id;
  say("authorized", user);
});
socket.on("error", (error) => {
  say("error", error);
  if (error.code === "position_unknown") {
    last = undefined;
    socket.emit("authorize", { token });
  }
});
for (const event of ["message", "edit_message", "delete_message", "ticket_closed"]) {
  socket.on(event, (payload) => {
    last = payload.event_id;
    say(event, payload);
  });
}
