// A new ticket: kept at once, and sent when that is possible.
import { desk } from "./client.js";
import { $, app, fill, h, inWords, ofField, size, words } from "./dom.js";
import { draftOf } from "./drafts.js";

const MOST_FILES = 10;
/** Milliseconds after which it is said that it waits. */
const SOON = 1500;

const form = $("new");
const most = Number(form.dataset.maxBytes);
const draft = draftOf(`new ${form.dataset.category}`);

function wrong(name, text) {
  const place = document.getElementById(`wrong-${name}`);
  if (!place) return false;
  place.textContent = text;
  place.hidden = !text;
  const field = form.elements[name];
  if (field?.setAttribute) text ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
  return true;
}

function problem(text) {
  $("problem").textContent = text;
  $("problem").hidden = !text;
}

function clear() {
  problem("");
  for (const it of form.querySelectorAll(".wrong")) wrong(it.id.slice("wrong-".length), "");
}

/** Whether all files may go; says which may not. */
function filesAreGood() {
  let good = true;
  for (const input of form.querySelectorAll("input[type=file]")) {
    const name = input.name === "files" ? "attachments" : input.name;
    const large = [...input.files].find((it) => it.size > most);
    if (large) good = !wrong(name, fill(words.too_large, { name: large.name, size: size(most) }));
    else if (input.files.length > MOST_FILES) good = !wrong(name, words.too_many);
  }
  return good;
}

function bar(label) {
  const made = h("progress", { max: "1", value: "0", "aria-label": label });
  $("progress").append(h("li", { class: "file" }, h("span", {}, label, made)));
  return made;
}

async function answers() {
  const found = {};
  for (const field of form.querySelectorAll("[name^='answers.']")) {
    const id = field.name.slice("answers.".length);
    if (field.type === "checkbox") found[id] = field.checked;
    else if (field.type === "file") {
      const [file] = field.files;
      if (!file) continue;
      const progress = bar(fill(words.uploading, { name: file.name }));
      found[id] = (await desk.upload(file, { onProgress: (part) => (progress.value = part) })).id;
    } else if (field.value) found[id] = field.value;
  }
  return found;
}

async function ticket() {
  const { topic, description, issue_level: level } = form.elements;
  const { category, locale } = form.dataset;
  const given = await answers();
  return {
    topic: topic.value,
    description: description.value,
    category,
    locale,
    ...(level.value && { issue_level: level.value }),
    ...(Object.keys(given).length && { answers: given }),
  };
}

function show(error) {
  let first = null;
  for (const fault of error.errors ?? []) {
    if (wrong(fault.location, ofField(fault))) first ??= form.elements[fault.location];
    else problem(inWords(error));
  }
  if (!(error.errors ?? []).length) problem(inWords(error));
  (first ?? $("problem")).focus?.();
}

let bars = [];
desk.on("progress", ({ entry, file, part }) => {
  bars[file] ??= bar(fill(words.uploading, { name: entry.files[file].name }));
  bars[file].value = part;
});

async function send() {
  clear();
  if (!filesAreGood()) return;
  $("progress").replaceChildren();
  bars = [];
  const { entry, done } = await desk.sendTicket(await ticket(), [...form.elements.files.files]);
  draft.keep("");
  const waits = setTimeout(() => {
    form.hidden = true;
    $("kept").hidden = false;
    $("kept").focus();
  }, SOON);
  try {
    const { number } = await done;
    form.reset(); // or the browser would show it again to whoever comes back
    location.assign(`${app.dataset.root}/portal/tickets/${number}`);
  } catch (error) {
    if (error.code === "done_elsewhere") return location.assign(`${app.dataset.root}/portal`);
    await desk.outbox.discard(entry.key);
    keep();
    form.hidden = false;
    $("kept").hidden = true;
    show(error);
  } finally {
    clearTimeout(waits);
  }
}

function keep() {
  draft.keep(JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string")));
}

/** What an earlier page of this form had; what stands there already is newer. */
function restore() {
  for (const [name, value] of JSON.parse(draft.text || "[]")) {
    const field = form.elements[name];
    if (!field) continue; // the form has changed
    if (field.type === "checkbox") field.checked = true;
    else if (field.tagName === "SELECT" || !field.value) field.value = value;
  }
}

restore();
form.addEventListener("input", keep);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button.main");
  if (button.disabled) return;
  button.disabled = true;
  try {
    await send();
  } catch (error) {
    show(error);
  } finally {
    button.disabled = false;
  }
});
// until now it would have sent what stands there as part of the address
form.querySelector("button.main").disabled = false;
