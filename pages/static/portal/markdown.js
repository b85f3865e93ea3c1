// What people write, as Discord shows it, and as transcripts/markdown.py writes it when the page is loaded: sizes, code,
// bold, italic, quotes, lists, links. Every piece of text becomes a text node, so nothing that anybody writes is HTML here.
import { h } from "./dom.js";

const BLOCKS = /```(?:([\w+.#-]{1,30})\n)?([\s\S]*?)```/g;
const SIZES = { "#": "big1", "##": "big2", "###": "big3", "-#": "small" };
const SIZE = /^ {0,3}(#{1,3}|-#) +(\S.*)$/;
const ITEM = /^([ \t]*)([-*]|(\d{1,9})\.)[ \t]+(\S.*)$/;
const LINK = /(?<!\w)https?:\/\/(?:\([^\s()<>"*`]*\)|[^\s<>"*~|`_()]|[_*](?=\w)|~(?!~)|\|(?!\|))*(?:\([^\s()<>"*`]*\)|[^\s<>".,:;!?()\]}'*_~`|])/iy;
const MASKED =
  /\[(?![^[\]\n]*(?::\/\/|\bwww\.|\w\.\w))([^[\]\n]{1,300})\]\((?:<(https?:\/\/[^<>\s]{1,2000})>|(https?:\/\/[^\s()<>]{1,1000}(?:\([^\s()<>]{0,500}\)[^\s()<>]{0,500}){0,3}))(?: "[^"\n]{0,300}")?\)/iy;
const INLINE = [
  [/\\([!-/:-@[-`{-~])/y, (it) => [it[1]]],
  [/\\\n[ \t]*/y, () => [h("br")]],
  [/\|\|(?!\|\|)([\s\S]+?)\|\|/y, (it) => [h("span", { class: "spoiler", tabindex: "0" }, inline(it[1]))]],
  [MASKED, (it) => masked(it)],
  [/<(https?:\/\/[^\s<>]+)>/iy, (it) => [link(it[1])]],
  [/<(?:@!?(\d{1,20})|@&(\d{1,20})|#(\d{1,20})|a?(:\w{1,32}:)\d{1,20})>/y, ([, user, role, channel, emoji]) => [
    h("bdi", { class: "tag" }, emoji ?? (channel ? `#${channel}` : role ? `@role ${role}` : `@${user}`)),
  ]],
  [LINK, (it) => [link(it[0])]],
];
const SPECIAL = /[\\`|[<*_~]|https?:\/\//gi;
const RUN = /\*+|_+|~+/y;
const STRONG = { "*": "strong", _: "u", "~": "s" };

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
function lines(made, text, isQuoted = false) {
  const all = text.replace(/^(?:[ \t]*\n)+|(?:\n[ \t]*)+$/g, "").split("\n");
  const upto = (from, goesOn) => {
    const end = all.findIndex((line, at) => at > from && !goesOn(line));
    return end < 0 ? all.length : end;
  };
  const isQuote = (line) => !isQuoted && /^>(?:>>)? /.test(line);
  let list = null;
  for (let at = 0; at < all.length; ) {
    const line = all[at];
    const whole = isQuote(line) && line.startsWith(">>> ");
    const [, size, words] = SIZE.exec(line) ?? [];
    const item = ITEM.exec(line);
    let end = at + 1;
    if (!line.trim()) {
      end = upto(at, (it) => !it.trim());
      if (end - at > 1) made.append(h("p", {}, ...Array.from({ length: end - at - 1 }, () => h("br"))));
      list = null;
    } else if (isQuote(line)) {
      end = whole ? all.length : upto(at, (it) => it.startsWith("> "));
      const quoted = all.slice(at, end).map((it, number) => (whole && number ? it : it.slice(whole ? 4 : 2)));
      const quote = h("blockquote");
      lines(quote, quoted.join("\n"), true);
      if (quote.hasChildNodes()) made.append(quote);
      list = null;
    } else if (size) {
      made.append(h("p", { class: SIZES[size] }, inline(words.trim())));
      list = null;
    } else {
      end = upto(at, (it) => it.trim() && !isQuote(it) && !SIZE.test(it) && !ITEM.test(it));
      const said = [item ? item[4] : line.trimStart(), ...all.slice(at + 1, end)].join("\n").trimEnd();
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
