// What people write, as Discord shows it, and as transcripts/markdown.py writes it when the page is loaded: sizes, code,
// bold, italic, quotes, lists, links. Every piece of text becomes a text node, so nothing that anybody writes is HTML here.
import { h } from "./dom.js";

const BLOCKS = /```(?:([\w+.#-]{1,30})\n)?([\s\S]*?)```/g;
const SIZES = { "#": "big1", "##": "big2", "###": "big3", "-#": "small" };
const SIZE = /^ {0,3}(#{1,3}|-#) +(\S.*)$/;
const ITEM = /^([ \t]*)([-*]|(\d{1,9})\.)[ \t]+(\S.*)$/;
const INLINE = [
  [/\\([!-/:-@[-`{-~])/, (it) => it[1]],
  [/`([^`\n]+)`/, (it) => h("code", {}, it[1])],
  [/\|\|([\s\S]+?)\|\|/, (it) => h("span", { class: "spoiler", tabindex: "0" }, inline(it[1]))],
  [/\*\*(\S(?:[\s\S]*?\S)?)\*\*/, (it) => h("strong", {}, inline(it[1]))],
  [/__(\S(?:[\s\S]*?\S)?)__/, (it) => h("u", {}, inline(it[1]))],
  [/~~(\S(?:[\s\S]*?\S)?)~~/, (it) => h("s", {}, inline(it[1]))],
  [/\*(\S(?:[^*\n]*?\S)?)\*/, (it) => h("em", {}, inline(it[1]))],
  [/(?<!\w)_(\S(?:[^_\n]*?\S)?)_(?!\w)/, (it) => h("em", {}, inline(it[1]))],
  [/\[(?![^[\]\n]*(?::\/\/|\bwww\.|\w\.\w))([^[\]\n]{1,300})\]\((https?:\/\/[^\s()<>]{1,1000})\)/i, (it) => masked(it)],
  [/<(https?:\/\/[^\s<>]+)>/i, (it) => link(it[1])],
  [/https?:\/\/[^\s<>"]*[^\s<>".,:;!?)\]}'*_~`]/i, (it) => link(it[0])],
];

/** The content as a fragment. */
export function said(content) {
  const made = document.createDocumentFragment();
  let at = 0;
  for (const found of content.matchAll(BLOCKS)) {
    const code = found[2].replace(/^\n+|\n+$/g, "");
    if (!code.trim()) continue;
    lines(made, content.slice(at, found.index));
    if (found[1]) made.append(h("p", { class: "small" }, found[1]));
    made.append(h("pre", { tabindex: "0" }, h("code", {}, code)));
    at = found.index + found[0].length;
  }
  lines(made, content.slice(at));
  return made;
}

/** Lines: some are larger or smaller, some are quoted, some are items of lists; others are one text as far as they go. */
function lines(made, text) {
  const all = text.replace(/^(?:[ \t]*\n)+|\s+$/g, "").split("\n");
  const upto = (from, goesOn) => {
    const end = all.findIndex((line, at) => at > from && !goesOn(line));
    return end < 0 ? all.length : end;
  };
  let list = null;
  for (let at = 0; at < all.length; ) {
    const line = all[at];
    const whole = line.startsWith(">>> ");
    const [, size, words] = SIZE.exec(line) ?? [];
    const item = ITEM.exec(line);
    let end = at + 1;
    if (!line.trim()) {
      end = upto(at, (it) => !it.trim());
      if (end - at > 1) made.append(h("p", {}, ...Array.from({ length: end - at - 1 }, () => h("br"))));
      list = null;
    } else if (whole || line.startsWith("> ")) {
      end = whole ? all.length : upto(at, (it) => it.startsWith("> "));
      const quoted = all.slice(at, end).map((it, number) => (whole && number ? it : it.slice(whole ? 4 : 2)));
      const quote = h("blockquote");
      lines(quote, quoted.join("\n"));
      made.append(quote);
      list = null;
    } else if (size) {
      made.append(h("p", { class: SIZES[size] }, inline(words.trim())));
      list = null;
    } else {
      end = upto(at, (it) => it.trim() && !it.startsWith("> ") && !it.startsWith(">>> ") && !SIZE.test(it) && !ITEM.test(it));
      const said = [item ? item[4] : line.trimStart(), ...all.slice(at + 1, end)].join("\n");
      if (item) list = listed(made, item, inline(said), list);
      else made.append(h("p", {}, inline(said)));
    }
    at = end;
  }
}

/** An item, in the list that is open, or in a list of its own within the last item of that. */
function listed(made, [, indent, , number], said, open) {
  const depth = indent.replaceAll("\t", "    ").length;
  const tag = number === undefined ? "ul" : "ol";
  let list = open;
  while (list && depth < Number(list.dataset.depth)) list = list.parentElement?.closest("ul, ol") ?? null;
  const isDeeper = list && depth >= Number(list.dataset.depth) + 2;
  if (!list || isDeeper || list.localName !== tag) {
    const inner = h(tag, { "data-depth": depth });
    (isDeeper ? list.lastChild : (list?.parentElement ?? made)).append(inner);
    list = inner;
  }
  list.append(h("li", { value: number }, said));
  return list;
}

/** A text in which several spaces are not one, and each line is one. */
function spaced(text) {
  return text.split(/([ \t]*\n[ \t]*|[ \t]{2,})/).flatMap((it, at) => {
    if (at % 2 === 0) return it;
    const spaces = it.slice(it.indexOf("\n") + 1); // those behind a line are not seen
    return [it.includes("\n") && h("br"), spaces && h("span", { class: "spaces" }, spaces)].filter(Boolean);
  });
}

/** Nodes of a text; of several marks the first in the text counts. */
function inline(text) {
  const nodes = [];
  while (text) {
    let best = null;
    for (const [pattern, make] of INLINE) {
      const found = pattern.exec(text);
      if (found && (!best || found.index < best.found.index)) best = { found, make };
    }
    if (!best) break;
    if (best.found.index) nodes.push(...spaced(text.slice(0, best.found.index)));
    nodes.push(best.make(best.found));
    text = text.slice(best.found.index + best.found[0].length);
  }
  if (text) nodes.push(...spaced(text));
  return nodes;
}

/** Words that lead somewhere, and where. Words that look like an address are none. */
function masked([whole, words, url]) {
  if (!URL.canParse(url)) return whole;
  const to = link(url);
  to.replaceChildren(...inline(words));
  return h("span", {}, to, " ", h("bdi", { class: "small" }, `(${new URL(url).host})`));
}

function link(url) {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, url);
}
