// What people write, as Discord shows it: code, bold, italic, quotes, links. Every piece of text becomes a text node,
// so nothing that anybody writes is HTML here.
import { h } from "./dom.js";

const BLOCKS = /```(?:[a-z0-9+#-]*\n)?([\s\S]*?)```/gi;
const INLINE = [
  [/`([^`\n]+)`/, (it) => h("code", {}, it[1])],
  [/\|\|([\s\S]+?)\|\|/, (it) => h("span", { class: "spoiler", tabindex: "0" }, inline(it[1]))],
  [/\*\*(\S(?:[\s\S]*?\S)?)\*\*/, (it) => h("strong", {}, inline(it[1]))],
  [/__(\S(?:[\s\S]*?\S)?)__/, (it) => h("u", {}, inline(it[1]))],
  [/~~(\S(?:[\s\S]*?\S)?)~~/, (it) => h("s", {}, inline(it[1]))],
  [/\*(\S(?:[^*\n]*?\S)?)\*/, (it) => h("em", {}, inline(it[1]))],
  [/(?<!\w)_(\S(?:[^_\n]*?\S)?)_(?!\w)/, (it) => h("em", {}, inline(it[1]))],
  [/https?:\/\/[^\s<>"]*[^\s<>".,:;!?)\]}'*_~`]/i, (it) => link(it[0])],
];

/** The content as a fragment. */
export function said(content) {
  const made = document.createDocumentFragment();
  let at = 0;
  for (const found of content.matchAll(BLOCKS)) {
    lines(made, content.slice(at, found.index));
    made.append(h("pre", { tabindex: "0" }, h("code", {}, found[1].replace(/\n$/, ""))));
    at = found.index + found[0].length;
  }
  lines(made, content.slice(at));
  return made;
}

/** Lines, of which some are quoted, some items of lists. */
function lines(made, text) {
  for (const part of text.split(/\n{2,}/)) {
    const kept = part.replace(/^\n|\n$/g, "");
    if (!kept.trim()) continue;
    let open = null;
    for (const line of kept.split("\n")) {
      const [, mark, rest] = /^(> |[-*] )?([\s\S]*)$/.exec(line);
      const kind = mark === undefined ? "p" : mark === "> " ? "blockquote" : "ul";
      if (open?.localName !== kind) made.append((open = h(kind)));
      else if (kind !== "ul") open.append(h("br"));
      if (kind === "ul") open.append(h("li", {}, inline(rest)));
      else open.append(...inline(rest));
    }
  }
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
    if (best.found.index) nodes.push(text.slice(0, best.found.index));
    nodes.push(best.make(best.found));
    text = text.slice(best.found.index + best.found[0].length);
  }
  if (text) nodes.push(text);
  return nodes;
}

function link(url) {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, url);
}
