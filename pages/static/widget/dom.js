// Elements, words and times of the widget.

const told = document.body.dataset;
/** The texts, in the reader's language. */
export const texts = JSON.parse(told.texts);
export const language = document.documentElement.lang;

/** A text with its facts: "{name} writes" with {name: "Alice"}. */
export function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(facts[name] ?? whole));
}

/** An element. Attributes that are false or null are left out; functions listen; texts stay texts. */
export function h(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") made.addEventListener(name.replace(/^on/, ""), value);
    else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((it) => it != null && it !== false));
  return made;
}

const ICONS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12l16-8-6 16-3-7z",
  file: "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 5 5l-8.5 8.4a1.7 1.7 0 0 1-2.4-2.4L14.500 7.500",
  next: "M9 5l7 7-7 7",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  if (["back", "next", "send"].includes(name)) svg.setAttribute("class", "w-turns");
  const line = document.createElementNS(svg.namespaceURI, "path");
  line.setAttribute("d", ICONS[name]);
  svg.append(line);
  return svg;
}

/** How the nodes of lists are shown. */
const states = new WeakMap();

/**
 * Make the children of a list those of `things`, and touch only what changed, so that a screen reader says what is
 * new and nothing else.
 */
export function sync(list, things, keyOf, stateOf, make) {
  const kept = new Map([...list.children].map((it) => [it.dataset.key, it]));
  let before = null;
  for (const thing of things) {
    const key = keyOf(thing);
    const state = JSON.stringify(stateOf(thing));
    let node = kept.get(key);
    if (!node || states.get(node) !== state) {
      const made = make(thing);
      made.dataset.key = key;
      states.set(made, state);
      node?.replaceWith(made);
      node = made;
    }
    kept.delete(key);
    const next = before ? before.nextSibling : list.firstChild;
    if (next !== node) list.insertBefore(node, next);
    before = node;
  }
  for (const node of kept.values()) node.remove();
}

const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" });

/** A time in the reader's zone: the hour if it is today, else the day. */
export function when(seconds) {
  const at = new Date(seconds * 1000);
  const isToday = at.toDateString() === new Date().toDateString();
  const shown = isToday ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
  return h("time", { datetime: at.toISOString(), title: exact.format(at) }, shown);
}

/** What went wrong, in words for people. */
export function inWords(error) {
  const known = texts.errors[error.code] ?? (error.status === 0 && texts.errors.unreachable);
  return known || fill(texts.errors.other, { why: error.message, code: error.code || error.status });
}

/** What is wrong with one field of a form. */
export function ofField({ message }) {
  return fill(texts.errors.field, { why: message });
}
