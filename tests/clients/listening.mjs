// A client that says as a line of JSON what it hears, and does what it is told on its standard input.
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { io } from "socket.io-client";
import { Guildesk } from "guildesk-client";

const { url, token, file, watch, ...options } = JSON.parse(process.argv[2]);
const say = (event, payload = null) => process.stdout.write(JSON.stringify({ event, payload }) + "\n");

/** A token as it is, or the address at which to ask for one. */
const source = token.startsWith("http") ? async ({ refused }) => (await fetch(`${token}?refused=${refused}`)).text() : token;

/** What is to be sent, in a file; as a page keeps it in the browser. */
const kept = () => (existsSync(file) ? JSON.parse(readFileSync(file, "utf-8")) : []);
const storage = file && {
  load: async () => kept(),
  save: async (entry) => writeFileSync(file, JSON.stringify([...kept().filter((it) => it.key !== entry.key), entry])),
  remove: async (key) => writeFileSync(file, JSON.stringify(kept().filter((it) => it.key !== key))),
};

const desk = new Guildesk({ url, token: source, io, watch, storage, socket: { reconnectionDelayMax: 500 }, ...options });
for (const name of ["event", "ready", "lost", "error", "sent", "failed"]) desk.on(name, (it) => say(name, it));
if (options.listen !== false) desk.connect();

const conversations = new Map();
const doing = {
  send: async ({ ticket, content }) => void (await desk.send(ticket, { content })),
  file: async ({ ticket, content, text }) =>
    void (await desk.send(ticket, { content }, [new Blob([text], { type: "text/plain" })])),
  retry: async ({ key }) => void (await desk.outbox.retry(key)),
  ask: async ({ method, path, json }) => say("answer", await desk.request(method, path, { json })),
  all: async ({ path, query }) => {
    const found = [];
    for await (const it of desk.all(path, { query })) found.push(it.id);
    say("all", found);
  },
  follow: async ({ ticket }) => {
    const conversation = await desk.conversation(ticket).open();
    const show = () =>
      say("shown", {
        status: conversation.ticket.status,
        typing: conversation.typing,
        messages: conversation.messages.map((it) => it.content),
        pending: conversation.pending.map((it) => it.json.content),
      });
    conversation.on("change", show);
    show();
    conversations.set(ticket, conversation);
  },
  seen: async ({ ticket }) => conversations.get(ticket).seen(),
};
for await (const line of createInterface({ input: process.stdin })) {
  const { what, ...how } = JSON.parse(line);
  doing[what](how).catch((fault) => say("fault", { code: fault.code, status: fault.status, message: fault.message }));
}
desk.close();
