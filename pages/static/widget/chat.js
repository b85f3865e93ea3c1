// The screen of one ticket: what was said, what is on its way, and what the user can do with it.
import { fill, h, icon, inWords, sync, texts, when } from "./dom.js";
import { draftOf } from "./drafts.js";
import { said } from "./said.js";
import { session } from "./session.js";

const MOST_FILES = 10;

export function chat(go, id) {
  const known = session.tickets.get(id);
  const { desk } = session;
  const conversation = desk.conversation(id);
  const messages = h("ol", { class: "w-messages" });
  const scroll = h("div", { class: "w-scroll", tabindex: 0, role: "log", "aria-label": texts.messages });
  const typing = h("p", { class: "w-typing", role: "status" });
  const line = h("p", { class: "w-line", role: "status" });
  const foot = h("div", { class: "w-foot" });
  const first = h("div", { class: "w-first" });
  let isActing = false;
  let isSeen = false;
  let fault = null;
  let state = "";
  scroll.append(first, messages, typing);

  const write = composer({
    draft: draftOf(id),
    types: () => conversation.types(),
    refuses: fail,
    async send(content, files) {
      fault = null;
      await conversation.send(content, { files });
      toEnd();
    },
  });

  function draw() {
    const { ticket } = conversation;
    const wasAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    if (ticket) {
      first.replaceChildren(bubble({ mine: true, name: texts.you, at: ticket.created_at, content: ticket.description }));
      about.textContent = `#${ticket.number} · ${texts.statuses[ticket.status]}`;
    }
    const all = [...conversation.messages.map(stored), ...conversation.pending.map((it) => waiting(it, desk))];
    sync(messages, all, (it) => it.key, (it) => it.state, (it) => it.make());
    typing.textContent = conversation.typing ? fill(texts.typing, { name: conversation.typing }) : "";
    line.textContent = fault ? inWords(fault) : session.isConnected ? "" : texts.offline;
    line.hidden = !line.textContent;
    drawFoot(ticket);
    if (wasAtEnd) toEnd();
    if (isSeen && !document.hidden) see();
  }

  function drawFoot(ticket) {
    const isClosed = ticket && ["RESOLVED", "UNRESOLVED", "CANCELED"].includes(ticket.status);
    const { isBlocked } = session;
    const now = JSON.stringify([isBlocked, isClosed, ticket?.close_asked_at, ticket?.feedback?.rating, ticket?.merged_into]);
    if (now === state) return;
    state = now;
    const had = foot.contains(document.activeElement);
    write.lock(isBlocked);
    if (isBlocked) foot.replaceChildren(h("p", { class: "notice" }, texts.errors.blocked), ...(write.isEmpty() ? [] : [write.node]));
    else if (isClosed) foot.replaceChildren(closed(ticket));
    else foot.replaceChildren(...[ticket?.close_asked_at ? asked() : null, write.node].filter(Boolean));
    if (had) (foot.querySelector("textarea") ?? foot.querySelector("button"))?.focus();
  }

  function fail(error) {
    fault = error;
    draw();
  }

  /** Do something with the ticket, and show what became of it. */
  async function act(work) {
    if (isActing) return; // a double click
    isActing = true;
    fault = null;
    try {
      const ticket = await work();
      if (ticket?.status) conversation.ticket = ticket;
      else await conversation.reload();
      if (conversation.ticket) session.keep(conversation.ticket);
    } catch (error) {
      fault = error;
    } finally {
      isActing = false;
    }
    draw();
  }

  function asked() {
    const answer = (accept) => () => void act(() => desk.answerAskClose(id, accept));
    return h("div", { class: "notice" }, h("p", null, texts.asked), h("div", { class: "w-buttons" },
      h("button", { class: "main", type: "button", onclick: answer(true) }, texts.done),
      h("button", { type: "button", onclick: answer(false) }, texts.not_done)));
  }

  function closed(ticket) {
    const reopen = h("button", { type: "button", onclick: () => void act(() => desk.reopen(id)) }, texts.reopen);
    const rated = ticket.feedback ? h("p", null, texts.rated) : rating((stars) => void act(() => desk.rate(id, { rating: stars })));
    return h("div", { class: "notice" }, h("p", null, texts.closed), rated, ticket.merged_into ? null : reopen);
  }

  function see() {
    conversation.seen();
    session.show(id);
  }

  function toEnd() {
    scroll.scrollTop = scroll.scrollHeight;
  }

  const about = document.createTextNode(known ? `#${known.number} · ${texts.statuses[known.status]}` : "");
  const back = () => fault?.status === 0 && fail(null); // the connection
  const ends = [conversation.on("change", draw), session.on("change", draw), desk.on("ready", back)];
  const again = () => isSeen && !document.hidden && see();
  document.addEventListener("visibilitychange", again);
  conversation.open().then(toEnd, fail);
  draw();
  return {
    title: known?.topic ?? texts.title,
    about,
    back: go.home,
    nodes: [line, scroll, foot],
    focus: () => foot.querySelector("textarea"),
    shown: toEnd,
    seen(now) {
      isSeen = now;
      if (now) see();
      else session.shown = null;
    },
    end() {
      for (const end of ends) end();
      document.removeEventListener("visibilitychange", again);
      conversation.close();
    },
  };
}

function stored(message) {
  const { id, author_type, author_name, content, deleted, edited, created_at, attachment_details } = message;
  const mine = author_type === "REQUESTER";
  const name = mine ? texts.you : author_name;
  const make = () => h("li", null, bubble({ mine, name, at: created_at, content, deleted, edited, files: attachment_details, system: author_type === "SYSTEM" }));
  return { key: id, state: [content, deleted, attachment_details.map((it) => it.id)], make };
}

function waiting(entry, desk) {
  const { key, state, error, json, files } = entry;
  const make = () => {
    const names = files.map((it) => h("span", { class: "w-file" }, it.name ?? texts.file));
    const actions = state !== "failed" ? null : h("div", { class: "w-buttons" },
      h("button", { type: "button", onclick: () => void desk.outbox.retry(key) }, texts.again),
      h("button", { type: "button", onclick: () => void desk.outbox.discard(key) }, texts.discard));
    const why = state === "failed" ? inWords(error) : state === "sending" ? texts.sending : texts.queued;
    return h("li", { class: `w-${state}` }, bubble({ mine: true, name: texts.you, content: json.content, more: names, note: why }), actions);
  };
  return { key, state: [state, error?.code], make };
}

function bubble({ mine, name, at, content, deleted, edited, files = [], more = [], note, system }) {
  const shown = deleted ? h("em", { class: "w-gone" }, texts.deleted) : said(content);
  const meta = h("small", null, h("bdi", null, name), at ? [" · ", when(at)] : null, edited && !deleted ? ` · ${texts.edited}` : null, note ? ` · ${note}` : null);
  return h("div", { class: `w-bubble w-${mine ? "mine" : system ? "system" : "theirs"}` }, meta, h("div", { class: "w-words" }, shown), files.map(file), more);
}

function file({ name, type, url }) {
  const isPicture = /^image\/(png|jpeg|gif|webp|avif)$/.test(type);
  const inside = isPicture ? h("img", { src: url, alt: name, loading: "lazy" }) : name;
  return h("a", { class: isPicture ? "w-picture" : "w-file", href: url, target: "_blank", rel: "noopener" }, inside);
}

function rating(give) {
  const stars = [1, 2, 3, 4, 5].map((it) => h("button", { type: "button", "aria-label": fill(texts.stars, { count: it }), onclick: () => give(it) }, "★"));
  return h("div", { class: "w-rating", role: "group", "aria-label": texts.rate }, h("span", null, texts.rate), h("div", { class: "w-stars" }, stars));
}

/** Where the user writes: Enter sends, Shift and Enter begin a line. */
function composer({ draft, types, refuses, send }) {
  let files = [];
  const chosen = h("ul", { class: "w-chosen", hidden: true });
  const text = h("textarea", { rows: 1, maxlength: 4000, "aria-label": texts.write, placeholder: texts.write });
  const picker = h("input", { type: "file", multiple: true, hidden: true, tabindex: -1, "aria-hidden": "true" });
  const attach = h("button", { class: "w-bare", type: "button", "aria-label": texts.attach, onclick: () => picker.click() }, icon("file"));
  const submit = h("button", { class: "w-round", type: "submit", "aria-label": texts.send }, icon("send"));
  const node = h("form", { class: "w-composer" }, chosen, attach, picker, text, submit);
  text.value = draft.text;

  function drawFiles() {
    chosen.hidden = files.length === 0;
    chosen.replaceChildren(...files.map((it) => h("li", null, it.name, h("button", { class: "w-bare", type: "button", "aria-label": fill(texts.remove, { name: it.name }), onclick: () => drop(it) }, icon("close")))));
  }
  function drop(file) {
    files = files.filter((it) => it !== file);
    drawFiles();
    text.focus();
  }
  function add(more) {
    const all = [...files, ...more];
    files = all.slice(0, MOST_FILES);
    if (all.length > MOST_FILES) refuses({ code: "too_many_files" });
    drawFiles();
    text.focus();
  }
  function grow() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 140)}px`;
  }
  picker.addEventListener("change", () => {
    add(picker.files);
    picker.value = "";
  });
  text.addEventListener("input", () => {
    grow();
    draft.keep(text.value);
    if (text.value.trim()) types();
  });
  text.addEventListener("paste", (event) => event.clipboardData.files.length && add(event.clipboardData.files));
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    node.requestSubmit();
  });
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    const content = text.value.trim();
    if (text.readOnly || (!content && !files.length)) return;
    void send(content, files);
    files = [];
    text.value = "";
    draft.keep("");
    drawFiles();
    grow();
    text.focus();
  });
  return {
    node,
    isEmpty: () => !text.value && !files.length,
    /** Who may not write keeps what they have written. */
    lock(now) {
      text.readOnly = attach.disabled = submit.disabled = now;
    },
  };
}
