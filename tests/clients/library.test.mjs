// Single rules of the client library, with a server and a socket that are played here.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";
import { Guildesk } from "guildesk-client";

const HOUR = 3600 * 1000;

/** A server that gives these answers, or what they make of the request, the last one again and again; gives its address and what was asked. */
async function served(t, ...answers) {
  const asked = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    asked.push({ method: request.method, url: request.url, headers: request.headers, body });
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    const [status, json, headers] = typeof answer === "function" ? answer(request) : answer;
    if (status === 0) return request.socket.destroy();
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(json === undefined ? "" : JSON.stringify(json));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => (server.closeAllConnections(), server.close()));
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}

/** A socket that says what it is told to say. */
function played() {
  const listeners = new Map();
  const sent = [];
  let any;
  const socket = { connected: true, active: true, on: (name, it) => listeners.set(name, it), onAny: (it) => (any = it) };
  socket.emit = (...said) => sent.push(said);
  socket.connect = socket.disconnect = () => socket;
  socket.io = { on: () => socket.io };
  const io = (url, options) => Object.assign(socket, { url, options });
  return { io, socket, sent, hear: (name, payload) => any(name, payload), tell: (name, it) => listeners.get(name)(it) };
}

/** What pages keep of what is to be sent; two clients on it are two tabs. */
function kept() {
  const entries = new Map();
  return {
    entries,
    load: async () => [...entries.values()].map((it) => structuredClone(it)),
    save: async (entry) => void entries.set(entry.key, structuredClone(entry)),
    remove: async (key) => void entries.delete(key),
  };
}

const jwt = (claims) => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;
const until = async (holds) => {
  for (let tried = 0; !holds(); tried++) {
    assert.ok(tried < 2000, "it did not come true");
    await new Promise((done) => setTimeout(done, 5));
  }
};

test("a lost answer is asked for again, with the same key and the same bytes", async (t) => {
  const { url, asked } = await served(t, [0], [503, {}, { "Retry-After": "0" }], [201, { id: "t" }]);
  const desk = new Guildesk({ url, token: "token" });

  assert.equal((await desk.openTicket({ topic: "It broke", description: "In two." })).id, "t");

  assert.equal(asked.length, 3);
  assert.equal(new Set(asked.map((it) => it.headers["idempotency-key"])).size, 1);
  assert.equal(new Set(asked.map((it) => it.body)).size, 1);
});

test("a file is the same bytes at every try, whatever it is called", async (t) => {
  const { url, asked } = await served(t, [0], [201, { id: "f" }]);
  const desk = new Guildesk({ url, token: "token" });

  await desk.upload(new Blob(["seen"], { type: "text/plain" }), { name: 'a "b"\r\nc.txt' });

  assert.equal(asked[0].body, asked[1].body);
  assert.equal(asked[0].headers["content-type"], asked[1].headers["content-type"]);
  assert.match(asked[0].body, /filename="a %22b%22%0D%0Ac\.txt"\r\nContent-Type: text\/plain\r\n\r\nseen\r\n--/);
});

test("what is refused is told at once, with its code and where it is wrong", async (t) => {
  const errors = [{ location: "topic", message: "Field required", type: "missing" }];
  const said = { error: "BAD_REQUEST", message: "Invalid form of body", code: "body_invalid", errors };
  const { url, asked } = await served(t, [400, said, { "X-Request-ID": "r-1" }]);
  const desk = new Guildesk({ url, token: "token" });

  await assert.rejects(desk.openTicket({}), { status: 400, code: "body_invalid", errors, requestId: "r-1", passes: false });
  assert.equal(asked.length, 1);
});

test("it waits as long as the server says", async (t) => {
  const { url, asked } = await served(t, [429, { code: "rate_limited" }, { "Retry-After": "1" }], [200, []]);
  const begun = performance.now();

  assert.deepEqual(await new Guildesk({ url, token: "token" }).tickets(), []);
  assert.equal(asked.length, 2);
  assert.ok(performance.now() - begun >= 950);
});

test("nobody is kept waiting longer than they want", async (t) => {
  const { url, asked } = await served(t, [429, { code: "rate_limited" }, { "Retry-After": "60" }]);
  const desk = new Guildesk({ url, token: "token" });

  await assert.rejects(desk.tickets(), { status: 429, retryAfter: 60 });
  assert.equal(asked.length, 1);
});

test("a change that depends on a version is not repeated when its answer was lost", async (t) => {
  const { url, asked } = await served(t, [0], [412, { code: "ticket_changed" }]);
  const desk = new Guildesk({ url, token: "token" });
  const headers = { "If-Match": '"7"' };

  await assert.rejects(desk.request("PATCH", "/tickets/{ticket_id}", { path: { ticket_id: "1" }, json: {}, headers }), { status: 0 });
  assert.equal(asked.length, 1);
});

test("an id is no path", async (t) => {
  const { url, asked } = await served(t, [200, {}]);
  await new Guildesk({ url, token: "token" }).ticket("../users?x=#y");

  assert.equal(asked[0].url, "/api/v1/tickets/..%2Fusers%3Fx%3D%23y");
});

test("a token is kept for its life, also where the clock here is wrong", async (t) => {
  const { url } = await served(t, [200, []]);
  const now = Math.floor(Date.now() / 1000);
  for (const wrong of [-7 * 86400, 0, 7 * 86400]) {
    let given = 0;
    const token = () => (given++, jwt({ iat: now + wrong, exp: now + wrong + 900 }));
    const desk = new Guildesk({ url, token });
    await desk.tickets();
    await desk.tickets();
    assert.equal(given, 1);
  }
});

test("requests at once ask for one token", async (t) => {
  const { url } = await served(t, [200, []]);
  let given = 0;
  const token = async () => (await new Promise((done) => setTimeout(done, 10)), `t${++given}`);
  const desk = new Guildesk({ url, token });

  await Promise.all([desk.tickets(), desk.tickets(), desk.tickets()]);
  assert.equal(given, 1);
});

test("signs of typing do not move the position back", async () => {
  const { io, socket, hear } = played();
  const desk = new Guildesk({ url: "http://desk.test/in", token: "token", io }).connect();
  hear("authorized", { user_id: "casey", event_id: "5-aaaa" });
  hear("message", { event_id: "7-bbbb" });
  hear("typing", { ticket_id: "t", event_id: "6-cccc" });

  const said = await new Promise((send) => socket.options.auth(send));
  assert.deepEqual(said, { token: "token", last_event_id: "7-bbbb", echo: true });
  assert.equal(desk.live.position, "7-bbbb");
  desk.close();
});

test("the path of the address leads to the socket", () => {
  const { io, socket } = played();
  new Guildesk({ url: "https://desk.test/in/", token: "token", io }).connect().close();

  assert.equal(socket.url, "https://desk.test");
  assert.equal(socket.options.path, "/in/socket.io");
});

test("a listener that throws keeps no other from hearing, nor the position from moving on", async () => {
  const { io, hear } = played();
  const desk = new Guildesk({ url: "http://desk.test", token: "token", io }).connect();
  const faults = [];
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException").on("uncaughtException", (fault) => faults.push(fault.message));
  const heard = [];
  desk.on("message", () => {
    throw new Error("a fault of the page's");
  });
  desk.on("message", (it) => heard.push(it.event_id));
  hear("message", { event_id: "7-bbbb" });
  await until(() => faults.length === 1);

  assert.deepEqual(heard, ["7-bbbb"]);
  assert.equal(desk.live.position, "7-bbbb");
  process.removeAllListeners("uncaughtException");
  for (const it of others) process.on("uncaughtException", it);
  desk.close();
});

test("a message whose answer was lost is shown once, also when the socket tells of it before it is sent again", async (t) => {
  const stored = { id: "m", ticket_id: "t", seq: 1, author_type: "REQUESTER", content: "Once ", updated_at: 1, event_id: "2-aaaa" };
  const ticket = { id: "t", status: "OPEN", updated_at: 1, read: { requester_seq: 0, staff_seq: 0 } };
  let lost = true;
  let read = [];
  const { url } = await served(t, ({ method, url }) => {
    if (method === "POST") return lost ? [503, {}, { "Retry-After": "60" }] : [201, stored];
    return [200, url.endsWith("/messages") ? read : ticket];
  });
  const { io, hear } = played();
  const desk = new Guildesk({ url, token: "token", io, longestWait: 0 }).connect();
  hear("authorized", { user_id: "casey", event_id: "1-aaaa" });
  const conversation = await desk.conversation("t").open();
  const shown = () => [...conversation.messages, ...conversation.pending].map((it) => it.content ?? it.json.content);

  await conversation.send("Once ");
  await until(() => conversation.pending[0].sent_at !== null && conversation.pending[0].state === "queued");
  hear("message", stored);
  assert.deepEqual(shown(), ["Once "]);
  read = [stored];
  await conversation.reload();
  assert.deepEqual(shown(), ["Once "]);
  lost = false;
  void desk.outbox.flush();
  await until(() => conversation.pending.length === 0);

  assert.deepEqual(shown(), ["Once "]);
  assert.equal(conversation.messages[0].id, "m");
  desk.close();
});

test("what another tab has sent, or dropped, is not sent again", async (t) => {
  const { url, asked } = await served(t, [0], [0], [201, { id: "m" }]);
  const storage = kept();
  const first = new Guildesk({ url, token: "token", storage, tries: 1 });
  await first.send("t", { content: "Once" });
  await until(() => asked.length >= 1);
  first.close();
  const second = new Guildesk({ url, token: "token", storage, tries: 1 });
  await second.outbox.restore();
  await until(() => second.outbox.entries.length === 0);
  const before = asked.length;
  assert.equal(new Set(asked.map((it) => it.headers["idempotency-key"])).size, 1);

  await storage.save({ ...structuredClone(first.outbox.entries[0]), key: "dropped", state: "queued" });
  const third = new Guildesk({ url, token: "token", storage });
  const restored = third.outbox.restore();
  storage.entries.clear();
  await restored;
  await until(() => third.outbox.entries.length === 0);

  assert.equal(asked.length, before);
  second.close();
  third.close();
});

test("whoever waits for an answer hears that another tab has done it, or that it was discarded", async (t) => {
  const { url, asked } = await served(t, [0]);
  const storage = kept();
  const desk = new Guildesk({ url, token: "token", storage, tries: 1 });
  const { done: elsewhere } = await desk.send("t", { content: "Once" });
  await until(() => asked.length === 1 && desk.outbox.entries[0].state === "queued");
  t.after(() => desk.close());
  storage.entries.clear();
  const { entry, done: discarded } = await desk.send("t", { content: "Never" });

  await assert.rejects(elsewhere, { code: "done_elsewhere", status: 0 });
  await until(() => asked.length === 2 && entry.state === "queued");
  await desk.outbox.discard(entry.key);

  await assert.rejects(discarded, { code: "discarded", status: 0 });
  assert.equal(desk.outbox.entries.length, 0);
  assert.equal(asked.length, 2);
});

test("what was tried a day ago without an answer is shown, and not sent", async (t) => {
  const { url, asked } = await served(t, [201, {}]);
  const storage = kept();
  const entry = { key: "k", path: "/tickets/t/messages", json: { content: "Old" }, ticket_id: "t", files: [], uploads: [] };
  await storage.save({ ...entry, queued_at: 1, sent_at: Date.now() - 24 * HOUR, state: "sending", error: null });
  const desk = new Guildesk({ url, token: "token", storage });
  await desk.outbox.restore();
  await until(() => desk.outbox.entries[0]?.state === "failed");

  assert.equal(desk.outbox.entries[0].error.code, "outcome_unknown");
  assert.equal(asked.length, 0);
  await desk.outbox.discard("k");
  assert.equal(storage.entries.size, 0);
  desk.close();
});

test("where nothing can be kept it is sent all the same", async (t) => {
  const { url } = await served(t, [201, { id: "m" }]);
  const broken = async () => {
    throw new Error("the disk is full");
  };
  const desk = new Guildesk({ url, token: "token", storage: { load: broken, save: broken, remove: broken } });
  const faults = [];
  desk.on("not_kept", (fault) => faults.push(fault.message));

  const { done } = await desk.send("t", { content: "Hello" });

  assert.equal((await done).id, "m");
  assert.ok(faults.length >= 1);
  desk.close();
});
