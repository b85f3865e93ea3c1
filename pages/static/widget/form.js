// The screen on which a ticket is opened: a form's questions, topic and description.
import { fill, h, inWords, ofField, texts } from "./dom.js";
import { hours, offered } from "./forms.js";
import { draftOf } from "./drafts.js";
import { session } from "./session.js";

const LONGEST_TOPIC = 100;
const LONGEST = 4000;

export function form(go, category) {
  const body = h("form", { class: "w-scroll w-fields", novalidate: true });
  const send = h("button", { class: "main", type: "submit", form: "ask" }, texts.send);
  const fault = h("p", { class: "notice bad", role: "alert", hidden: true });
  body.id = "ask";
  const draft = draftOf("new");
  let chosen = null;
  let isSending = false;

  void offered().then((forms) => {
    const kept = JSON.parse(draft.text || "{}");
    const of = (slug) => forms.find((it) => it.slug === slug);
    draw(forms, of(category) ?? of(kept.category) ?? forms.find((it) => it.is_default) ?? forms[0], kept);
  });

  function draw(forms, form, kept = {}) {
    chosen = form;
    const kinds = forms.length > 1 ? field(texts.kind, select("category", forms.map((it) => [it.slug, [it.emoji, it.name].filter(Boolean).join(" ")]), form.slug), form.description) : null;
    kinds?.querySelector("select").addEventListener("change", (event) => {
      draw(forms, forms.find((it) => it.slug === event.target.value), Object.fromEntries(new FormData(body)));
      body.querySelector("select").focus();
    });
    const name = session.desk ? null : field(texts.name, h("input", { name: "guest", maxlength: 80, autocomplete: "name" }), texts.name_about);
    const asks = (id, label, otherwise) => form.questions.find((it) => it.id === id)?.label ?? otherwise ?? label;
    const topic = field(asks(form.topic_question, texts.topic), h("input", { name: "topic", maxlength: LONGEST_TOPIC, required: true }));
    const description = field(asks(form.description_question, texts.description), h("textarea", { name: "description", rows: 5, maxlength: LONGEST, required: true }));
    const more = form.questions.filter((it) => ![form.topic_question, form.description_question].includes(it.id)).map(question);
    const away = form.open ? null : h("p", { class: "notice w-hours" }, ...hours([form]));
    body.replaceChildren(fault, ...[kinds, away, name, topic, description, ...more].filter(Boolean));
    for (const [name, value] of Object.entries(kept)) {
      const input = body.elements[name];
      if (input?.type === "checkbox") input.checked = true;
      else if (input && name !== "category" && typeof value === "string" && input.type !== "file") input.value = value;
    }
  }

  async function submit(event) {
    event.preventDefault();
    if (isSending || !isWhole()) return;
    isSending = true;
    send.disabled = true;
    send.textContent = texts.sending;
    fault.hidden = true;
    try {
      await session.come(body.elements.guest?.value.trim());
      const { desk } = session;
      const sent = await desk.sendTicket(await filled(desk));
      const waits = setTimeout(() => say(texts.later), 4000);
      const refusal = desk.on("failed", ({ entry }) => entry === sent.entry && void desk.outbox.discard(entry.key));
      const ticket = await sent.done.finally(() => (clearTimeout(waits), refusal()));
      draft.keep("");
      session.keep(ticket);
      go.chat(ticket.id);
    } catch (error) {
      if (error.code === "done_elsewhere") return go.home();
      show(error);
    } finally {
      isSending = false;
      send.disabled = false;
      send.textContent = texts.send;
    }
  }

  /** The ticket; its files are uploaded. */
  async function filled(desk) {
    const said = { topic: body.elements.topic.value.trim(), description: body.elements.description.value.trim(), category: chosen.slug, locale: document.documentElement.lang };
    const answers = {};
    for (const { id, kind } of chosen.questions) {
      const input = body.elements[`answers.${id}`];
      if (!input) continue;
      if (kind === "checkbox") answers[id] = input.checked;
      else if (kind !== "file") answers[id] = input.value.trim();
      else if (input.files[0]) answers[id] = (await desk.upload(input.files[0])).id;
    }
    return Object.keys(answers).length ? { ...said, answers } : said;
  }

  /** Whether all that is required is there; says so at the fields that lack it. */
  function isWhole() {
    let first = null;
    for (const input of body.elements) {
      const lacks = input.willValidate && (!input.checkValidity() || (input.required && input.type !== "file" && input.type !== "checkbox" && !input.value.trim()));
      mark(input, lacks ? texts.required : "");
      if (lacks) first ??= input;
    }
    first?.focus();
    return !first;
  }

  /** Put the faults that name a field there, and give the others. */
  function show(error) {
    say(inWords(error), true);
    for (const it of error.errors ?? []) {
      const input = body.elements[it.location];
      if (input) mark(input, ofField(it));
    }
  }

  function say(text, isBad = false) {
    fault.textContent = text;
    fault.className = isBad ? "notice bad" : "notice";
    fault.hidden = false;
    fault.scrollIntoView({ block: "nearest" });
  }

  body.addEventListener("submit", submit);
  body.addEventListener("input", () => draft.keep(JSON.stringify(Object.fromEntries(new FormData(body)))));
  const focus = () => body.querySelector("input, textarea, select");
  return { title: texts.ask, back: go.home, nodes: [body, h("footer", null, send)], focus };
}

function question({ id, label, kind, required, options, max_length }) {
  const name = `answers.${id}`;
  const about = required || kind === "checkbox" ? "" : texts.optional;
  if (kind === "checkbox") {
    const input = h("input", { type: "checkbox", name, required });
    return h("div", { class: "field" }, h("label", { class: "w-tick" }, input, h("span", null, label)), wrong(input));
  }
  if (kind === "select") return field(label, select(name, [["", texts.choose], ...options.map((it) => [it, it])], "", required), about);
  if (kind === "file") return field(label, h("input", { type: "file", name, required }), about);
  return field(label, h(kind === "long" ? "textarea" : "input", { name, required, maxlength: max_length, rows: kind === "long" ? 3 : null }), about);
}

function select(name, pairs, chosen, required = false) {
  return h("select", { name, required }, pairs.map(([value, shown]) => h("option", { value, selected: value === chosen }, shown)));
}

let fields = 0;

function field(label, input, about = "") {
  input.id = `field-${++fields}`;
  const told = about ? h("small", { id: `${input.id}-about` }, about) : null;
  const fault = wrong(input);
  input.setAttribute("aria-describedby", [told?.id, fault.id].filter(Boolean).join(" "));
  return h("div", { class: "field" }, h("label", { for: input.id }, label), told, input, fault);
}

function wrong(input) {
  input.id ||= `field-${++fields}`;
  return h("span", { class: "wrong", id: `${input.id}-wrong`, hidden: true });
}

function mark(input, text) {
  const said = document.getElementById(`${input.id}-wrong`);
  if (!said) return;
  said.textContent = text;
  said.hidden = !text;
  if (text) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}
