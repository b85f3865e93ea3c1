// What people write, as Discord shows it, and as transcripts/markdown.py writes it when the page is loaded: sizes, code,
// bold, italic, quotes, lists, links. Every piece of text becomes a text node, so nothing that anybody writes is HTML here.
import { app, h } from "./dom.js";

const FENCE = "```";
const LANGUAGE = /^([\p{L}\p{N}_+.#-]{1,30})\n/u;
const QUOTED = />>> ([^]*)|(?:> [^\n]*(?:\n|$))+/y;
const SIZES = { "#": "big1", "##": "big2", "###": "big3", "-#": "small" };
const SIZE = /^(#{1,3}|-#) +(?=\S)/;
const ITEM = /^(?:([-*])|(\d{1,9})(\.))([ \t]+|$)/;
/** A text whose last line is an item: code that follows is part of it. */
const AT_ITEM = /(?:^|\n)[ \t]*(?:[-*]|\d{1,9}\.)[ \t]([^\n]*)$/;
/** Stands in an item that has only code: without words there is no item. */
const NOTHING = "\ufffe";
/** Lists within lists. What is deeper is text. */
const DEEPEST = 7;
/** The same as in transcripts/markdown.py, which says what it is. */
const LINK = /(?<![a-z0-9.+-])https?:\/\/(?=\[[0-9a-f:.]+\]|[^\x00-\/:-@[-`{-~\s])(?:\([^\s()[\]{}<>"*`]*\)|\[[^\s()[\]{}<>"*`]*\]|\{[^\s()[\]{}<>"*`]*\}|[^\s()[\]{}<>"\\*~|`_]|[_*]+(?=[a-z0-9(?&=#/%])|~(?!~)|\|(?!\|))*(?:\([^\s()[\]{}<>"*`]*\)|\[[^\s()[\]{}<>"*`]*\]|\{[^\s()[\]{}<>"*`]*\}|[^\s()[\]{}<>"\\*~|`_.,:;!?'…’”»。，、！？」])/iy;
const MASKED =
  /\[(?![^[\]\n]*(?::\/\/|\bwww\.|\w\.\w))([^[\]\n]{1,300})\]\((?:<(https?:\/\/[^<>\s]{1,2000})>|(https?:\/\/[^\s()<>]{1,1000}(?:\([^\s()<>]{0,500}\)[^\s()<>]{0,500}){0,3}))(?: "[^"\n]{0,300}")?\)/iy;
const INLINE = [
  [/\\([!-/:-@[-`{-~])/y, (it) => [it[1]]],
  [/\\\n[ \t]*/y, () => [h("br")]],
  [/\|\|(?!\|\|)([\s\S]+?)\|\|/y, (it) => [h("span", { class: "spoiler", tabindex: "0" }, inline(it[1]))]],
  [MASKED, (it) => masked(it)],
  [/<(https?:\/\/[^\s<>/?#][^\s<>]*)>/iy, (it) => [link(it[1])]],
  [/<(?:(@!?|@&|#)(\d{1,20})|a?(:\w{1,64}:)\d{1,20}|(\/[\w -]{1,100}):\d{1,20})>/y, ([, mark, id, emoji, command]) => [
    h("bdi", { class: "tag" }, emoji ?? command ?? (mark === "#" ? `#${id}` : mark === "@&" ? `@role ${id}` : `@${id}`)),
  ]],
  [/<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y, ([, seconds, style]) => moment(Number(seconds), style)],
  [LINK, (it) => [link(it[0])]],
];
const SPECIAL = /[\\`|[<*_~]|https?:\/\//gi;
const RUN = /\*+|_+|~+/y;
const MOMENTS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const STRONG = { "*": "strong", _: "u", "~": "s" };

/** The content as a fragment. */
export function said(content) {
  const made = document.createDocumentFragment();
  parts(made, content.replace(/\r\n?/g, "\n"), false);
  return made;
}

/** Quotes, code, and the text around them. */
function parts(made, content, isQuoted) {
  const lineEnd = (from) => content.indexOf("\n", from) + 1 || content.length;
  const lastFence = content.lastIndexOf(FENCE);
  let from = 0;
  let at = 0;
  const text = (end, more = "") => content.slice(from, end).trim() && lines(made, content.slice(from, end) + more);
  while (at < content.length) {
    QUOTED.lastIndex = at;
    const quote = isQuoted ? null : QUOTED.exec(content);
    if (quote) {
      text(at);
      from = at = QUOTED.lastIndex;
      const inner = quote[1] ?? quote[0].replace(/^> /gm, "");
      if (inner.trim()) parts(made.appendChild(h("blockquote")), inner, true);
      continue;
    }
    for (let fence; (fence = content.indexOf(FENCE, at)) >= 0 && fence < lineEnd(at) && fence + 3 <= lastFence; ) {
      const closing = content.indexOf(FENCE, fence + 3);
      at = closing + 3;
      const pre = fenced(content.slice(fence + 3, closing));
      if (!pre) continue;
      const item = AT_ITEM.exec(content.slice(from, fence));
      text(fence, item && !item[1].trim() ? NOTHING : "");
      (item ? lastItem(made) : made).append(...pre);
      from = at;
    }
    at = lineEnd(at);
  }
  text(at);
}

/** What stands between two fences, with the language that it is in; null if it shows nothing. */
function fenced(inside) {
  const [head, language] = LANGUAGE.exec(inside) ?? ["", ""];
  for (const [named, text] of [[language, inside.slice(head.length)], ["", inside]]) {
    const shown = text.replace(/^\n+|\n+$/g, "");
    if (shown.trim()) return [named && h("p", { class: "small" }, named), h("pre", { tabindex: "0" }, h("code", {}, shown))].filter(Boolean);
  }
  return null;
}

/** The last item of the list with which it ends, of the innermost one; or itself. */
function lastItem(made) {
  let item = made;
  while (/^[uo]l$/.test(item.lastChild?.localName)) item = item.lastChild.lastChild;
  return item;
}

/** Paragraphs, lists, and lines of another size. */
function lines(made, text) {
  const all = text.split("\n").map((line) => {
    const [blank] = /^[ \t]*/.exec(line);
    return { blank, column: columns(blank), text: line.slice(blank.length) };
  });
  blocks(all, 0, { indent: 0, outer: -1, depth: 0 }).found.forEach(({ from, nodes }, number) => {
    const blank = from - 1 - all.slice(0, from).findLastIndex(({ text }) => text.trim());
    if (number && blank > 1) made.append(h("p", {}, Array.from({ length: blank - 1 }, () => h("br"))));
    made.append(...nodes(false));
  });
}

/** How far it goes, if it begins at this column. */
function columns(blank, from = 0) {
  return [...blank].reduce((sum, it) => sum + (it === "\t" ? 4 - (sum % 4) : 1), from);
}

/** What begins at these lines, as long as they are indented as far as `within` says (CommonMark 0.31, "Appendix"). */
function blocks(all, from, within) {
  const found = [];
  let [at, isTight, hasBlank] = [from, true, false];
  for (;;) {
    while (at < all.length && !all[at].text) at++;
    if (at === all.length || all[at].column < within.indent) return { found, at, isTight };
    const block = sized(all, at) ?? listAt(all, at, within) ?? paragraph(all, at, within);
    found.push({ ...block, from: at });
    at = block.upto;
    isTight = !hasBlank;
    hasBlank ||= !all[at - 1].text || (at < all.length && !all[at].text);
  }
}

function sized(all, at) {
  const { text } = all[at];
  const [head, size] = SIZE.exec(text) ?? [];
  return size ? { upto: at + 1, nodes: () => [h("p", { class: SIZES[size] }, inline(text.slice(head.length).trim()))] } : null;
}

function paragraph(all, from, within) {
  const goesOn = (at) =>
    all[at].column - within.indent > 3 || !(sized(all, at) || beginsList(all[at], within, true));
  let upto = from + 1;
  while (upto < all.length && all[upto].text && goesOn(upto)) upto++;
  const text = all.slice(from, upto).map((it) => dedented(it.blank, within.indent) + it.text).join("\n");
  const shown = () => inline(text.replace(/^[ \t\n]+|[ \t\n]+$/g, "").replace(NOTHING, ""));
  return { upto, nodes: (isTight) => (isTight ? shown() : [h("p", {}, shown())]) };
}

function dedented(blank, indent) {
  let at = 0;
  let column = 0;
  while (at < blank.length && column < indent) column = columns(blank[at++], column);
  return " ".repeat(Math.max(column - indent, 0)) + blank.slice(at);
}

function beginsList({ column, text }, within, endsParagraph) {
  const [head, , number] = ITEM.exec(text) ?? [];
  if (!head || head.length === text.length || within.depth === DEEPEST) return false;
  if (within.outer >= 0 && column - within.outer >= 4 && column < within.indent) return false;
  return !endsParagraph || column < within.indent || number === undefined || Number(number) === 1;
}

function listAt(all, from, within) {
  if (!beginsList(all[from], within, false)) return null;
  const items = [];
  let [at, isTight, endsBlank] = [from, true, false];
  const [, bullet] = ITEM.exec(all[from].text);
  for (let it; at < all.length && all[at].column >= within.indent && (it = ITEM.exec(all[at].text)) && it[1] === bullet; ) {
    const item = itemAt(all, at, within, it);
    items.push({ number: it[2], found: item.found });
    isTight &&= item.isTight && !endsBlank;
    endsBlank = item.at - at > 1 && !all[item.at - 1].text;
    at = item.at;
  }
  const made = (it) => h("li", { value: it.number && Number(it.number) }, it.found.flatMap(({ nodes }) => nodes(isTight)));
  return { upto: at, nodes: () => [h(bullet ? "ul" : "ol", {}, items.map(made))] };
}

/** One item: its first line is read as if its marker were spaces. */
function itemAt(all, at, within, [head, bullet, number, , gap]) {
  const line = all[at];
  const text = line.text.slice(head.length);
  const begins = line.column + (bullet ?? `${number}.`).length;
  const column = columns(gap, begins);
  const wide = text && column - begins <= 4 ? column - begins : 1;
  if (!text && !all[at + 1]?.text) return { found: [], at: Math.min(at + 2, all.length), isTight: true };
  all[at] = { blank: " ".repeat(column), column, text };
  const item = blocks(all, at, { indent: begins + wide, outer: within.indent, depth: within.depth + 1 });
  all[at] = line;
  return item;
}

/** A text in which several spaces are not one, and each line is one. */
function spaced(text) {
  return text.split(/([ \t]*\n[ \t]*|[ \t]{2,})/).flatMap((it, at) => {
    if (at % 2 === 0) return it;
    const spaces = it.slice(it.indexOf("\n") + 1); // those behind a line are not seen
    return [it.includes("\n") && h("br"), spaces && h("span", { class: "spaces" }, spaces)].filter(Boolean);
  });
}

/** Nodes of a text. Runs of marks are paired once everything else was found (CommonMark 0.31, "Delimiter stack"). */
function inline(text) {
  const parts = [];
  let plain = "";
  const end = () => {
    if (plain) parts.push(...spaced(plain));
    plain = "";
  };
  for (let at = 0; at < text.length; ) {
    SPECIAL.lastIndex = at;
    const next = SPECIAL.exec(text)?.index ?? text.length;
    plain += text.slice(at, next);
    at = next;
    const made = at < text.length && found(text, at);
    if (!made) plain += text[at++] ?? "";
    else {
      if (typeof made.nodes[0] === "string") plain += made.nodes[0];
      else {
        end();
        parts.push(...made.nodes);
      }
      at = made.upto;
    }
  }
  end();
  return paired(parts);
}

/** What begins at this place of a text, if anything does, and where it ends. */
function found(text, at) {
  if (text[at] === "`") return code(text, at);
  for (const [pattern, make] of INLINE) {
    pattern.lastIndex = at;
    const it = pattern.exec(text);
    const nodes = it && make(it);
    if (nodes) return { nodes, upto: at + it[0].length };
  }
  RUN.lastIndex = at;
  const run = RUN.exec(text)?.[0];
  if (!run) return null;
  const upto = at + run.length;
  const [before = " "] = /.$/su.exec(text.slice(Math.max(at - 2, 0), at)) ?? [];
  const [behind = " "] = /^./su.exec(text.slice(upto, upto + 2)) ?? [];
  return { nodes: [marks(run, before, behind)], upto };
}

/** A run of marks, and whether something may begin or end with it, by what stands before and behind it. */
function marks(run, before, behind) {
  const [space, sign] = [/\s/, /[\p{P}\p{S}]/u];
  const isLeft = !space.test(behind) && (!sign.test(behind) || space.test(before) || sign.test(before));
  const isRight = !space.test(before) && (!sign.test(before) || space.test(behind) || sign.test(behind));
  const isWord = run[0] === "_";
  return {
    mark: run[0],
    size: run.length,
    left: run.length,
    opens: isLeft && (!isWord || !isRight || sign.test(before)),
    closes: isRight && (!isWord || !isLeft || sign.test(behind)),
  };
}

/** The same, where what stands between two runs of marks is within an element. */
function paired(parts) {
  for (let at = 0; at < parts.length; at++) {
    const closing = parts[at];
    const least = closing.mark === "~" ? 2 : 1;
    while (closing.closes && closing.left >= least) {
      const from = parts.findLastIndex(
        (it, place) =>
          place < at && it.mark === closing.mark && it.opens && it.left >= least &&
          !((it.closes || closing.opens) && (it.size + closing.size) % 3 === 0 && (it.size % 3 || closing.size % 3)),
      );
      if (from < 0) break;
      const isStrong = Math.min(parts[from].left, closing.left) > 1;
      const inner = parts.splice(from + 1, at - from - 1).map(asText);
      parts.splice(from + 1, 0, h(isStrong ? STRONG[closing.mark] : "em", {}, inner));
      for (const it of [parts[from], closing]) it.left -= isStrong ? 2 : 1;
      at = from + 2;
    }
  }
  return parts.map(asText);
}

function asText(part) {
  return part.mark ? part.mark.repeat(part.left) : part;
}

/** Code ends at a run of backticks as long as the one that begins it; where there is none, they are text. */
function code(text, at) {
  const [run] = /^`+/.exec(text.slice(at));
  const from = at + run.length;
  const end = [...text.slice(from).matchAll(/`+/g)].find(([it]) => it === run)?.index;
  if (end === undefined) return { nodes: [run], upto: from };
  const line = text.slice(from, from + end).replaceAll("\n", " ");
  const shown = /^ .*[^ ].* $/.test(line) ? line.slice(1, -1) : line;
  return { nodes: [h("code", {}, shown)], upto: from + end + run.length };
}

/** Words that lead somewhere, and where. Words that look like an address are none. */
function masked([, words, between, bare]) {
  const url = between ?? bare;
  if (!URL.canParse(url)) return null;
  const to = link(url);
  to.replaceChildren(...inline(words));
  return [to, " ", h("bdi", { class: "small" }, `(${new URL(url).host})`)];
}

function link(url) {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, url);
}

/** A time as Discord shows it, in the reader's language and zone; one that tells how long until then, as a moment. */
function moment(seconds, style) {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return null;
  const shown = new Intl.DateTimeFormat(app.dataset.language, MOMENTS[style] ?? MOMENTS.f).format(at);
  return [h("time", { class: "tag", datetime: at.toISOString() }, shown)];
}
