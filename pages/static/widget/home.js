// The first screen: whether somebody is there, the user's tickets, and a way to ask.
import { h, icon, inWords, sync, texts, when } from "./dom.js";
import { hours, offered } from "./forms.js";
import { session } from "./session.js";

export function home(go, greeting) {
  const list = h("ul", { class: "w-tickets", "aria-label": texts.yours });
  const notice = h("p", { class: "notice", role: "status" });
  const earlier = h("h2", null, texts.yours);
  const ask = h("button", { class: "main", type: "button", onclick: () => go.form() }, texts.ask);

  function draw() {
    const tickets = [...session.tickets.values()];
    earlier.hidden = list.hidden = tickets.length === 0;
    sync(list, tickets, (it) => it.id, (it) => [it.topic, it.status, it.updated_at, it.unread.requester], row);
    const fault = session.fault ? inWords(session.fault) : session.mayAsk ? "" : texts.sign_in;
    notice.textContent = fault;
    notice.hidden = !fault;
    ask.hidden = !session.mayAsk;
  }

  function row(ticket) {
    const unread = ticket.unread.requester;
    const about = h("small", null, texts.statuses[ticket.status], " · ", when(ticket.updated_at));
    const count = unread ? h("span", { class: "count" }, h("span", { "aria-hidden": "true" }, unread), h("span", { class: "unseen" }, texts.unread.replace("{count}", unread))) : null;
    const button = h("button", { type: "button", class: "w-row", onclick: () => go.chat(ticket.id) }, h("span", { class: "w-topic" }, ticket.topic, about), count, icon("next"));
    return h("li", null, button);
  }

  const end = session.on("change", draw);
  draw();
  void offered().then((forms) => (there.replaceChildren(...hours(forms))));
  const there = h("div", { class: "w-hours" });
  const body = h("div", { class: "w-scroll" }, h("div", { class: "w-hero" }, h("p", { class: "w-greeting" }, greeting), there), notice, earlier, list);
  return { nodes: [body, h("footer", null, ask)], end };
}
