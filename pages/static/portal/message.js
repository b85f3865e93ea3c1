// One message as an element: stored ones, and those that are on their way.
import { fill, h, size, when, words } from "./dom.js";
import { said } from "./markdown.js";

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const QUOTED = 90;

function fileList(files) {
  if (!files.length) return null;
  return h("ul", { class: "files" }, files.map((file) => h("li", {}, PICTURES.includes(file.type) ? picture(file) : plainFile(file))));
}

function picture(file) {
  const image = h("img", { src: file.url, alt: file.name, loading: "lazy" });
  return h("a", { href: file.url, target: "_blank", rel: "noopener", class: "picture" }, image);
}

function plainFile(file) {
  const name = h("span", {}, file.name, h("small", {}, size(file.size)));
  return h("a", { href: file.url, target: "_blank", rel: "noopener", class: "file" }, h("span", { "aria-hidden": "true" }, "📄"), name);
}

export function isMine(message) {
  return message.author_type === "REQUESTER";
}

export function nameOf(message) {
  return isMine(message) ? words.you : message.author_name;
}

/** A stored message. `answered` is the message that it answers, `state` what is said below one's own newest. */
export function stored(message, { answered, state, act, open }) {
  const mine = isMine(message);
  const by = h("p", { class: "by" }, h("strong", {}, nameOf(message)), " ", when(message.created_at));
  if (message.edited && !message.deleted) by.append(` · ${words.edited}`);
  const parts = message.deleted ? [h("p", { class: "said" }, words.deleted)] : [
    answered && quote(answered),
    message.content && h("div", { class: "said" }, said(message.content)),
    fileList(message.attachment_details),
  ];
  const bubble = h("div", { class: "bubble" }, by, parts, state && h("p", { class: "state" }, state));
  const classes = ["message", mine && "mine", message.deleted && "gone"].filter(Boolean).join(" ");
  return h("li", { class: classes, id: `m-${message.id}` }, bubble, open && !message.deleted && actions(message, mine, act));
}

function quote(answered) {
  const text = answered.deleted ? words.deleted : answered.content || answered.attachment_details[0]?.name || "";
  return h("a", { class: "quote", href: `#m-${answered.id}` }, h("strong", {}, nameOf(answered)), ` ${text.slice(0, QUOTED)}`);
}

function actions(message, mine, act) {
  const button = (what, text) => h("button", { type: "button", onclick: (event) => act(what, message, event.target) }, text);
  const items = h("div", { class: "menu-items" }, button("reply", words.reply), mine && button("edit", words.edit), mine && button("remove", words.remove));
  const summary = h("summary", {}, h("span", { "aria-hidden": "true" }, "⋯"), h("span", { class: "unseen" }, words.actions));
  return h("details", { class: "menu message-menu" }, summary, items);
}

/** A message that is kept here, and not stored there yet. */
export function pending(entry, { progress, act, why }) {
  const failed = entry.state === "failed";
  const text = failed ? words.not_sent : entry.state === "sending" ? words.sending : words.queued;
  const files = entry.files.map((file, number) => {
    const part = number < entry.uploads.length ? 1 : (progress.get(`${entry.key}-${number}`) ?? 0);
    const label = fill(words.uploading, { name: file.name });
    const bar = h("progress", { max: "1", value: String(part), "aria-label": label });
    return h("li", { class: "file" }, h("span", { "aria-hidden": "true" }, "📄"), h("span", {}, file.name, h("small", {}, size(file.size)), !failed && bar));
  });
  return h("li", { class: `message mine pending${failed ? " failed" : ""}`, "data-key": entry.key },
    h("div", { class: "bubble" },
      entry.json.content && h("div", { class: "said" }, said(entry.json.content)),
      files.length > 0 && h("ul", { class: "files" }, files),
      h("p", { class: "state" }, text, failed && h("span", { class: "wrong" }, ` ${why(entry.error)}`)),
      failed && h("p", { class: "row" },
        h("button", { type: "button", onclick: () => act("retry", entry) }, words.retry),
        h("button", { type: "button", class: "plain", onclick: () => act("discard", entry) }, words.discard))));
}
