// How messages look.
import { layout } from "/layout.js";
import { inline, markdown } from "/markdown.js";

const [PINNED, THREAD] = [6, 18];
const [ONLY_YOU, LAYOUT] = [64, 1 << 15];
const HUES = [235, 150, 28, 0, 280, 195, 330, 90];

export function el(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export const isPrivate = (m) => Boolean(m.flags & ONLY_YOU);

export function nameOf(author) {
  return author.global_name ?? author.username;
}

function avatar(author) {
  const name = nameOf(author);
  const hue = HUES[[...name].reduce((sum, it) => sum + it.codePointAt(0), 0) % HUES.length];
  const face = el("div", { className: "avatar", textContent: author.bot && !author.webhook ? "🛎" : [...name][0].toUpperCase() });
  face.style.background = author.bot && !author.webhook ? "var(--brand)" : `hsl(${hue} 45% 48%)`;
  face.setAttribute("aria-hidden", "true");
  return face;
}

function when(m) {
  const at = new Date(m.timestamp);
  const time = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const isToday = at.toDateString() === new Date().toDateString();
  return el("time", { textContent: isToday ? `Today at ${time}` : `${at.toLocaleDateString("en-GB")} ${time}`, dateTime: at.toISOString() });
}

/** Whether a message goes on where the one before left off. */
export function follows(m, before) {
  return Boolean(before) && before.author.id === m.author.id && nameOf(before.author) === nameOf(m.author) && !m.referenced_message &&
    m.type === 0 && before.type === 0 && isPrivate(m) === isPrivate(before) && new Date(m.timestamp) - new Date(before.timestamp) < 7 * 60_000;
}

/** A message. `on.use` is called with the component that was used and what was chosen. */
export function messageView(m, before, names, on) {
  const author = { ...m.author, webhook: Boolean(m.webhook_id) && m.webhook_id !== m.application_id };
  const goesOn = follows(m, before);
  const kind = [isPrivate(m) && "private", m.content.startsWith("//") && "note", goesOn && "goes-on", m.mentions_you && "pings-you"];
  const view = el("article", { className: kind.filter(Boolean).join(" ") });
  view.dataset.id = m.id;
  if (m.type === PINNED || m.type === THREAD) {
    const what = m.type === PINNED ? " pinned a message to this channel." : [" started a thread: ", el("b", { textContent: m.content })];
    view.append(el("div", { className: "line" }, el("b", { textContent: nameOf(author) }), what, " ", when(m)));
    return view;
  }
  if (m.referenced_message) {
    const said = m.referenced_message.content || "a message";
    view.append(el("div", { className: "reply" }, el("b", { textContent: nameOf(m.referenced_message.author) }), " ", inline(said.split("\n")[0], names)));
  }
  const body = el("div", { className: "body" });
  if (!goesOn) {
    body.append(el("header", {}, el("b", { textContent: nameOf(author) }),
      author.bot ? el("span", { className: "tag", textContent: "APP" }) : null, when(m),
      m.pinned ? el("span", { className: "mark", textContent: "📌" , title: "pinned" }) : null));
  }
  body.append(...contents(m, names, on));
  if (m.reactions?.length) body.append(el("div", { className: "reactions" }, m.reactions.map((r) => el("span", { className: "reaction", textContent: `${r.emoji.name} ${r.count}` }))));
  if (m.thread) body.append(threadView(m.thread, on));
  if (isPrivate(m)) body.append(el("div", { className: "only-you", textContent: "👁 Only you can see this" }));
  view.append(goesOn ? el("div", { className: "avatar none" }) : avatar(author), body);
  return view;
}

function contents(m, names, on) {
  const out = [];
  if (m.content) {
    const text = markdown(m.content, names);
    if (m.edited_timestamp && !isPrivate(m)) (text.lastElementChild ?? text).append(el("span", { className: "edited", textContent: " (edited)" }));
    out.push(text);
  }
  const shown = m.attachments ?? [];
  const inLayout = Boolean(m.flags & LAYOUT);
  out.push(...(m.embeds ?? []).map((e) => embedView(e, names)));
  if (!inLayout) out.push(...shown.map(fileView));
  out.push(...(m.message_snapshots ?? []).map((it) => forwardView(it.message, names, on)));
  if (m.poll) out.push(pollView(m.poll, names));
  if (m.components?.length) out.push(layout(m.components, { names, files: shown, use: (c, data) => on.use(m, c, data) }));
  return out;
}

function forwardView(message, names, on) {
  return el("div", { className: "forward" }, el("small", { textContent: "↪ Forwarded" }), contents({ flags: 0, ...message }, names, on));
}

function pollView(poll, names) {
  const counts = new Map((poll.results?.answer_counts ?? []).map((it) => [it.id, it.count]));
  const all = [...counts.values()].reduce((sum, it) => sum + it, 0);
  const answers = poll.answers.map((it) => {
    const share = all ? Math.round((100 * (counts.get(it.answer_id) ?? 0)) / all) : 0;
    const row = el("div", { className: "answer" }, el("span", {}, it.poll_media.emoji?.name ?? "", " ", inline(it.poll_media.text ?? "", names)), el("span", { textContent: `${share}%` }));
    row.style.setProperty("--share", `${share}%`);
    return row;
  });
  return el("div", { className: "poll" }, el("b", {}, inline(poll.question.text, names)),
    el("small", { textContent: poll.allow_multiselect ? "Select one or more answers" : "Select one answer" }), answers,
    el("small", { textContent: `${all} vote${all === 1 ? "" : "s"}` }));
}

function threadView(thread, on) {
  const button = el("button", { className: "thread", type: "button" }, el("b", { textContent: thread.name }), ` ${thread.message_count ?? 0} messages ›`);
  button.onclick = () => on.open(thread.id);
  return button;
}

export function embedView(e, names) {
  const text = (it) => markdown(it, names);
  const fields = (e.fields ?? []).map((f) => el("div", { className: f.inline ? "inline" : "" }, el("dt", {}, inline(f.name, names)), el("dd", {}, text(f.value))));
  const view = el("div", { className: "embed" },
    e.author ? el("small", { textContent: e.author.name }) : null,
    e.title ? el("h4", {}, e.url ? el("a", { href: e.url, rel: "noreferrer" }, inline(e.title, names)) : inline(e.title, names)) : null,
    e.description ? text(e.description) : null,
    fields.length > 0 ? el("dl", {}, fields) : null,
    e.image ? el("img", { src: e.image.url, alt: "" }) : null,
    e.footer ? el("small", { textContent: e.footer.text }) : null);
  if (e.color !== undefined && e.color !== null) view.style.borderLeftColor = `#${e.color.toString(16).padStart(6, "0")}`;
  return view;
}

export function fileView(a) {
  if (/^image\/(png|jpeg|gif|webp)$/.test(a.content_type ?? "")) {
    const image = el("img", { src: a.url, alt: a.description ?? a.filename, loading: "lazy" });
    return el("a", { className: "image", href: a.url, rel: "noreferrer" }, image);
  }
  const size = a.size < 1024 ? `${a.size} B` : a.size < 1048576 ? `${(a.size / 1024).toFixed(1)} KB` : `${(a.size / 1048576).toFixed(1)} MB`;
  return el("div", { className: "file" }, el("span", { className: "sheet", textContent: "📄" }),
    el("div", {}, el("a", { textContent: a.filename, href: a.url, rel: "noreferrer" }), el("small", { textContent: size })));
}
