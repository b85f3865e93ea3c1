// Small things that all scripts of the portal use: elements, words, times, sizes.

export const app = document.getElementById("app");
export const $ = (id) => document.getElementById(id);

function read(id) {
  return JSON.parse($(id)?.textContent ?? "{}");
}

/** The texts of this page, in the reader's language. */
export const words = { ...read("words"), ...read("more-words") };

/** A text with its facts: "{name} writes" with {name: "Alice"}. */
export function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(facts[name] ?? whole));
}

/** An element. Attributes that are false or null are left out; `on…` are listeners; texts stay texts. */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((it) => it !== null && it !== undefined && it !== false));
  return made;
}

const language = app.dataset.language;
const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" });

function shown(seconds) {
  const at = new Date(seconds * 1000);
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
}

/** A time in the reader's zone. */
export function when(seconds) {
  const at = new Date(seconds * 1000);
  return h("time", { datetime: at.toISOString(), title: exact.format(at) }, shown(seconds));
}

/** Times that the server has written, in the reader's zone. */
export function localize(root = document) {
  for (const it of root.querySelectorAll("time[data-at]")) it.textContent = shown(Number(it.dataset.at));
}

export function size(bytes) {
  const number = (value, digits) => value.toLocaleString(language, { maximumFractionDigits: digits });
  return bytes < 2 ** 20 ? `${number(Math.max(Math.sign(bytes), bytes / 1024), 0)} kB` : `${number(bytes / 2 ** 20, 1)} MB`;
}

/** Call `work` once per frame at most, however often it is asked for. */
export function seldom(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}

/** Call `work` once in so many milliseconds at most, and at last once more. */
export function atMost(milliseconds, work) {
  let timer = 0;
  let last = -Infinity;
  return () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      last = performance.now();
      work();
    }, Math.max(0, last + milliseconds - performance.now()));
  };
}

/** What went wrong, in words for people. */
export function inWords(error) {
  const known = words.errors[error.code];
  if (known) return known;
  return fill(words.errors.other, { why: error.message, code: error.code || error.status });
}

/** What is wrong with one field of a form. */
export function ofField({ message }) {
  return fill(words.errors.field, { why: message });
}
