// What happened meanwhile, and how people want to hear of it.
import { countUnread, desk } from "./client.js";
import { $, app, atMost, h, inWords, when, words } from "./dom.js";

const numbers = new Map();

function problem(text) {
  $("problem").textContent = text;
  $("problem").hidden = !text;
}

/** People know tickets by number; what we are told has ids. */
async function number(id) {
  if (id && !numbers.has(id)) numbers.set(id, desk.ticket(id).catch(() => null));
  return id ? numbers.get(id) : null;
}

async function row(it) {
  const ticket = await number(it.ticket_id);
  const about = ticket && h("span", { class: "quiet" }, `#${ticket.number} `, h("bdi", {}, ticket.topic));
  const inner = [h("strong", {}, it.text), about, h("small", { class: "quiet" }, when(it.created_at))];
  const classes = `card door${it.read_at ? "" : " new"}`;
  const mark = () => void desk.rest.ask("POST", "/notifications/{id}/read", { path: { id: it.id } }).catch(() => undefined);
  if (!ticket) return h("li", {}, h("div", { class: classes }, inner));
  return h("li", {}, h("a", { class: classes, href: `${app.dataset.root}/portal/tickets/${ticket.number}`, onclick: mark }, inner));
}

let newest = null;

async function show() {
  try {
    const { data } = await desk.rest.ask("GET", "/notifications", { query: { limit: 100 } });
    const found = data.filter((it) => it.channel === "in_app").sort((a, b) => b.created_at - a.created_at);
    newest = found[0] ?? null;
    $("notifications").replaceChildren(...(await Promise.all(found.map(row))));
    $("empty").hidden = found.length > 0;
    $("all-read").hidden = !found.some((it) => !it.read_at);
    problem("");
  } catch (error) {
    problem(inWords(error));
  }
}

$("all-read").addEventListener("click", async () => {
  try {
    await desk.rest.ask("POST", "/notifications/read", { json: { upto: newest.id } });
    await show();
    await countUnread();
  } catch (error) {
    problem(inWords(error));
  }
});

// ---- what people want to hear of, and where

const wishes = $("wishes");
let wished = {};

async function showWishes() {
  wished = (await desk.rest.ask("GET", "/me/notifications")).data;
  for (const box of wishes.querySelectorAll("input")) {
    box.checked = wished[box.name].includes(box.value);
    box.disabled = false;
  }
}

wishes?.addEventListener("change", async ({ target: box }) => {
  const channels = wished[box.name].filter((it) => it !== box.value);
  if (box.checked) channels.push(box.value);
  $("wished").textContent = "";
  try {
    wished = (await desk.rest.ask("PUT", "/me/notifications", { json: { ...wished, [box.name]: channels } })).data;
    $("wished").textContent = words.saved;
    problem("");
  } catch (error) {
    box.checked = !box.checked;
    problem(inWords(error));
  }
});

desk.on("notification", atMost(3000, () => void show()));
if (wishes) showWishes().catch((error) => problem(inWords(error)));
await show();
