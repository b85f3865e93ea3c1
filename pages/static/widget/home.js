// The first screen: whether somebody is there, the user's tickets, and a way to ask.
import { h, icon, inWords, sync, texts, when } from "./dom.js";
import { hours, offered } from "./forms.js";
import { session } from "./session.js";

export function home(go, greeting) {
  const list = h("ul", { class: "w-tickets", "aria-label": texts.yours });
  const notice = h("p", { class: "notice", role: "status" });
  const earlier = h("h2", null, texts.yours);
  const { register } = document.body.dataset;
  // the link gets its token when it is followed: it is good for minutes
  const keep = h("a", { class: "w-keep", href: register, target: "_blank", rel: "noopener", onclick: (event) => void carry(event) }, texts.keep);
  const ask = h("button", { class: "main", type: "button", onclick: () => go.form() }, texts.ask);

  function draw() {
    const tickets = [...session.tickets.values()];
    earlier.hidden = list.hidden = tickets.length === 0;
    sync(list, tickets, (it) => it.id, (it) => [it.topic, it.status, it.updated_at, it.unread.requester], row);
    const fault = session.fault ? inWords(session.fault) : session.isBlocked ? texts.errors.blocked : session.mayAsk ? "" : texts.sign_in;
    notice.textContent = fault;
    notice.hidden = !fault;
    ask.hidden = !session.mayAsk || session.isBlocked;
    keep.hidden = !register || !session.isGuest || tickets.length === 0;
  }

  async function carry(event) {
    event.preventDefault();
    const there = open("", "_blank"); // now, or it is taken for a window that nobody asked for
    const token = await session.guestToken().catch(() => "");
    const url = `${location.origin}${register}${token ? `#${new URLSearchParams({ guest: token })}` : ""}`;
    if (there) there.opener = null;
    (there ?? window).location.href = url;
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
  const body = h("div", { class: "w-scroll" }, h("div", { class: "w-hero" }, h("p", { class: "w-greeting" }, greeting), there), notice, earlier, list, keep);
  return { nodes: [body, h("footer", null, ask)], end };
}
