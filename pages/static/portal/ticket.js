// One ticket: its conversation as it happens, and what the requester can do.
import { desk, haveSeen } from "./client.js";
import { Composer } from "./composer.js";
import { $, fill, h, inWords, seldom, words } from "./dom.js";
import { isMine, pending, stored } from "./message.js";

const CLOSED = ["RESOLVED", "UNRESOLVED", "CANCELED"];
const BADGES = { OPEN: "open", PENDING: "turn", RESOLVED: "good" };
/** Pixels from the end within which the reader follows what is new. */
const NEAR = 120;

const talk = $("talk");
const scroll = $("scroll");
const conversation = desk.conversation(talk.dataset.ticket);
const progress = new Map();
/** Elements by id or key, each with what it was made of. */
const shown = new Map();

function problem(text, passes = false) {
  $("problem").textContent = text;
  $("problem").hidden = !text;
  $("problem").toggleAttribute("data-passes", passes);
}
desk.on("ready", () => "passes" in $("problem").dataset && problem(""));

/** Do something that is done now or not at all; gives whether it was. */
async function attempt(work) {
  problem("");
  try {
    await work();
    return true;
  } catch (error) {
    problem(inWords(error), error.status === 0);
    return false;
  }
}

const composer = new Composer(
  {
    async send(content, more) {
      problem("");
      await conversation.send(content, more);
      toEnd();
    },
    edit: (message, content) => attempt(async () => told(await desk.edit(conversation.id, message.id, content))),
    types: () => conversation.types(),
    problem,
  },
  { most: Number(talk.dataset.maxBytes), ticket: talk.dataset.ticket },
);

// ---- drawing

/** The element for a key, made anew only if what it shows has changed. */
function drawn(key, facts, make) {
  const old = shown.get(key);
  const is = JSON.stringify(facts);
  if (old?.is === is) return old.element;
  const element = make();
  shown.set(key, { is, element });
  return element;
}

function draw() {
  const { ticket, messages, pending: waiting } = conversation;
  if (!ticket) return;
  const open = !CLOSED.includes(ticket.status);
  const byId = new Map(messages.map((it) => [it.id, it]));
  const lastMine = messages.findLast((it) => isMine(it) && !it.deleted);
  const elements = messages.map((message) => {
    const answered = byId.get(message.reply_to);
    const state = message === lastMine ? (ticket.read.staff_seq >= message.seq ? words.seen : words.sent) : null;
    const facts = [message.updated_at, message.content, message.deleted, message.edited, state, open, answered?.content, answered?.deleted];
    return drawn(message.id, facts, () => stored(message, { answered, state, act, open }));
  });
  for (const entry of waiting) {
    const bars = entry.files.map((_, number) => progress.get(`${entry.key}-${number}`));
    const facts = [entry.state, entry.error?.code, entry.uploads.length, bars];
    elements.push(drawn(entry.key, facts, () => pending(entry, { progress, act, why: inWords })));
  }
  put($("messages"), elements);
  drawTicket(ticket, open);
  lookedAt();
}

/** The same elements in this order, with as few moves as possible, so that focus and selection stay. */
function put(list, elements) {
  const wanted = new Set(elements);
  for (const it of [...list.children]) if (!wanted.has(it)) it.remove();
  elements.forEach((it, number) => {
    if (list.children[number] !== it) list.insertBefore(it, list.children[number] ?? null);
  });
}

function drawTicket(ticket, open) {
  say("status", words.statuses[ticket.status]);
  $("status").className = `badge ${BADGES[ticket.status] ?? ""}`;
  say("assignee", ticket.assignee ? fill(words.assignee, { name: ticket.assignee.name }) : "");
  say("typing", conversation.typing ? fill(words.typing, { name: conversation.typing }) : "");
  $("asked").hidden = !open || !ticket.close_asked_at;
  $("closed").hidden = open;
  $("reopen").hidden = Boolean(ticket.merged_into);
  $("rate").hidden = open || ticket.feedback !== null;
  $("rated").hidden = ticket.feedback === null;
  composer.hidden = !open;
  if (!open) say("closed-text", ticket.merged_into ? words.merged : ticket.close_reason ? fill(words.closed_why, { reason: ticket.close_reason }) : words.closed);
  for (const it of document.querySelectorAll("[data-act]")) {
    const wanted = { resolve: open, cancel: open, reopen: !open && !ticket.merged_into, transcript: true };
    it.hidden = !wanted[it.dataset.act];
  }
}

/** Screen readers hear what changes, and nothing that does not. */
function say(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

function isNearEnd() {
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
}

/** Whether the reader is at the end, and so sees what is new. Whoever has scrolled up stays where they are. */
let follows = true;
/** How tall the conversation was when that was last known: what grows meanwhile is no scrolling of the reader's. */
let tall = 0;

function toEnd() {
  follows = true;
  scroll.scrollTop = tall = scroll.scrollHeight;
}

function grown() {
  tall = scroll.scrollHeight;
  if (follows) toEnd();
}

function lookedAt() {
  if (document.visibilityState !== "visible" || !isNearEnd()) return;
  conversation.seen();
  void haveSeen(conversation.id);
}

// ---- what people do

async function act(what, about, from) {
  from?.closest("details")?.removeAttribute("open");
  if (what === "reply") composer.reply(about);
  else if (what === "edit") composer.edit(about);
  else if (what === "remove") await remove(about);
  else if (what === "retry") await desk.outbox.retry(about.key);
  else if (what === "discard") await desk.outbox.discard(about.key);
}

async function remove(message) {
  if (!(await sure(words.sure_remove))) return;
  if (await attempt(async () => told(await desk.remove(conversation.id, message.id)))) composer.forget(message.id);
}

/** The socket tells of what was changed here, too; where there is none at the moment, it is read. */
async function told() {
  if (!desk.ready) await conversation.reload().catch(() => undefined);
}

const ACTS = {
  resolve: () => desk.closeTicket(conversation.id, "RESOLVED"),
  cancel: async () => (await sure(words.sure_cancel)) && desk.closeTicket(conversation.id, "CANCELED"),
  reopen: () => desk.reopen(conversation.id),
  transcript: async () => {
    const url = URL.createObjectURL(await desk.transcript(conversation.id, "html"));
    const link = h("a", { href: url, download: `ticket-${talk.dataset.number}.html` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  },
};

for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", async () => {
    button.closest("details")?.removeAttribute("open");
    button.disabled = true;
    if (await attempt(ACTS[button.dataset.act])) await told();
    button.disabled = false;
  });
}

for (const button of document.querySelectorAll("[data-accept]")) {
  button.addEventListener("click", () =>
    attempt(async () => {
      await desk.answerAskClose(conversation.id, button.dataset.accept === "true");
      await told();
    }));
}

$("rate").addEventListener("submit", (event) => {
  event.preventDefault();
  const { rating, comment } = Object.fromEntries(new FormData(event.target));
  void attempt(async () => {
    await desk.rate(conversation.id, { rating: Number(rating), ...(comment.trim() && { comment }) });
    await conversation.reload();
    $("rated").focus();
  });
});
$("rate").querySelector("button").disabled = false;

function sure(text) {
  const dialog = $("sure");
  $("sure-text").textContent = text;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

// Menus end as people expect: by Escape, and by looking elsewhere.
addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!open) return;
  open.removeAttribute("open");
  open.querySelector("summary").focus();
});
addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.menu[open]")) if (!open.contains(event.target)) open.removeAttribute("open");
});

// ---- begin

const redraw = seldom(draw);
conversation.on("change", redraw);
desk.on("outbox", redraw);
desk.on("progress", ({ entry, file, part }) => {
  progress.set(`${entry.key}-${file}`, part);
  redraw();
});
const growing = new ResizeObserver(grown);
for (const it of [scroll, ...scroll.children]) growing.observe(it);
scroll.addEventListener("scroll", () => {
  if (scroll.scrollHeight === tall) follows = isNearEnd();
  lookedAt();
}, { passive: true });
for (const event of ["visibilitychange", "guildesk-unread"]) addEventListener(event, lookedAt);
toEnd();
try {
  await conversation.open();
} catch (error) {
  problem(inWords(error));
}
talk.dataset.ready = "yes";
