// The list of tickets, as it changes.
import { desk } from "./client.js";
import { $, app, atMost, h, inWords, seldom, when, words } from "./dom.js";

const BADGES = { OPEN: "open", PENDING: "turn", RESOLVED: "good" };
const SHOWN = 140;
/** Milliseconds between two looks: the API answers 30 times a minute. */
const PACE = 3000;
/** What marks texts up, and only disturbs in a line. */
const MARKS = /\*\*|__|~~|`+(?:[a-z]+\n)?/g;
const AT_ONCE = 50;
const EVENTS = ["message", "edit_message", "delete_message", "ticket_closed", "ticket_updated", "ticket_reopened", "ask_close", "ticket_merged"];
let wanted = AT_ONCE;

function row(ticket) {
  const last = ticket.last_message;
  const isNew = ticket.unread.requester > 0;
  const text = last && !last.deleted ? `${last.author_type === "REQUESTER" ? words.you : last.author_name}: ${last.content}` : ticket.description;
  const mark = isNew && [h("span", { class: "dot" }), h("span", { class: "unseen" }, `${words.new}: `)];
  return h("li", {},
    h("a", { class: `row-link${isNew ? " new" : ""}`, href: `${app.dataset.root}/portal/tickets/${ticket.number}` },
      h("span", { class: "topic" }, h("bdi", {}, ticket.topic)),
      h("span", { class: `badge ${BADGES[ticket.status] ?? ""}` }, words.statuses[ticket.status]),
      h("span", { class: "last" }, mark, text.replace(MARKS, "").slice(0, SHOWN)),
      h("span", { class: "when" }, `#${ticket.number} · `, when(ticket.updated_at))));
}

async function refresh() {
  const found = [];
  try {
    const asked = { limit: Math.min(AT_ONCE, wanted), expand: "last_message" };
    for await (const page of desk.rest.pages("/tickets", { query: { ...asked, user_id: app.dataset.user } })) {
      found.push(...page);
      if (found.length > wanted || page.length < asked.limit) break;
    }
  } catch {
    return; // what is there stays
  }
  const focused = document.activeElement?.getAttribute("href");
  $("tickets").replaceChildren(...found.slice(0, wanted).map(row));
  if (focused) document.querySelector(`#tickets a[href="${CSS.escape(focused)}"]`)?.focus();
  $("none").hidden = found.length > 0;
  $("more").hidden = found.length <= wanted;
}

/** New tickets that are kept here, and not stored there yet. */
function showWaiting() {
  const entries = desk.outbox.entries.filter((it) => it.ticket_id === null);
  $("waiting").replaceChildren(...entries.map((entry) => {
    const failed = entry.state === "failed";
    const state = failed ? `${words.failed_new ?? ""}${inWords(entry.error)}` : entry.state === "sending" ? words.sending : words.queued;
    return h("li", { class: `notice ${failed ? "bad" : "warn"}` }, h("strong", {}, h("bdi", {}, entry.json.topic)), h("p", {}, state),
      failed && h("p", { class: "row" },
        h("button", { type: "button", onclick: () => desk.outbox.retry(entry.key) }, words.retry),
        h("button", { type: "button", class: "plain", onclick: () => desk.outbox.discard(entry.key) }, words.discard)));
  }));
}

const soon = atMost(PACE, () => void refresh());
for (const event of EVENTS) desk.on(event, soon);
desk.on("ready", soon);
desk.on("sent", soon);
desk.on("outbox", seldom(showWaiting));
$("more").addEventListener("click", () => {
  wanted += AT_ONCE;
  soon();
});
showWaiting();
