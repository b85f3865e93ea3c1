// Discord's Markdown. Every text is put in as text, never as markup.
import { el } from "/show.js";

const UNITS = [["year", 31536000], ["month", 2592000], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const STYLES = {
  d: { dateStyle: "short" }, D: { dateStyle: "long" }, t: { timeStyle: "short" }, T: { timeStyle: "medium" },
  f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
};
const INLINE = new RegExp([
  /\\(?<escaped>[\\*_`~|>[\]()#\-.!<:@])/, /(?<tick>`{1,2})(?<code>[^`]+)\k<tick>/, /<(?<sign>@[!&]?|#)(?<id>\d+)>/,
  /<t:(?<time>-?\d+)(?::(?<style>\w))?>/, /<a?:(?<emoji>\w+):\d+>/, /<(?<bare>https?:\/\/[^\s>]+)>/,
  /\[(?<label>(?:[^[\]\\]|\\.)+)\]\(<?(?<url>https?:\/\/[^\s)>]+)>?\)/, /(?<link>https?:\/\/[^\s<]+[^\s<.,:;"')\]])/,
  /\*\*(?<bold>.+?)\*\*(?!\*)/, /__(?<under>.+?)__(?!_)/, /\*(?<em>(?:[^*\\]|\\.)+?)\*(?!\*)/, /\b_(?<em2>(?:[^_\\]|\\.)+?)_\b/,
  /~~(?<strike>.+?)~~/, /\|\|(?<spoiler>.+?)\|\|/,
].map((it) => it.source).join("|"), "gs");

function ago(seconds) {
  const [unit, size] = UNITS.find(([, it]) => Math.abs(seconds) >= it) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

function moment(at, style = "f") {
  const date = new Date(at * 1000);
  const text = style === "R" ? ago(at - Date.now() / 1000) : new Intl.DateTimeFormat("en-GB", STYLES[style] ?? STYLES.f).format(date).replace(" at ", " ");
  return el("time", { className: "moment", textContent: text, title: date.toLocaleString("en-GB"), dateTime: date.toISOString() });
}

function link(href, ...inner) {
  return el("a", { href, target: "_blank", rel: "noreferrer" }, ...inner);
}

function spoiler(inner) {
  const node = el("span", { className: "spoiler", tabIndex: 0 }, ...inner);
  node.onclick = () => node.classList.add("open");
  return node;
}

/** What stands within a line. */
export function inline(text, names) {
  const out = [];
  let at = 0;
  for (const m of text.matchAll(INLINE)) {
    if (m.index > at) out.push(text.slice(at, m.index));
    at = m.index + m[0].length;
    const g = m.groups;
    const within = (it) => inline(it, names);
    if (g.escaped) out.push(g.escaped);
    else if (g.code) out.push(el("code", { textContent: g.code }));
    else if (g.id) out.push(el("span", { className: "mention", textContent: g.sign[0] + (names.get(g.id) ?? g.id) }));
    else if (g.time) out.push(moment(Number(g.time), g.style));
    else if (g.emoji) out.push(`:${g.emoji}:`);
    else if (g.url) out.push(link(g.url, ...within(g.label)));
    else if (g.bare ?? g.link) out.push(link(g.bare ?? g.link, g.bare ?? g.link));
    else if (g.bold) out.push(el("strong", {}, ...within(g.bold)));
    else if (g.under) out.push(el("u", {}, ...within(g.under)));
    else if (g.em ?? g.em2) out.push(el("em", {}, ...within(g.em ?? g.em2)));
    else if (g.strike) out.push(el("s", {}, ...within(g.strike)));
    else if (g.spoiler) out.push(spoiler(within(g.spoiler)));
  }
  if (at < text.length) out.push(text.slice(at));
  return out;
}

/** A whole text: code blocks, quotations, headings, lists, small print, and lines. */
export function markdown(text, names) {
  const out = el("div", { className: "text" });
  const quoted = /(?:^|\n)>>> /.exec(text);
  if (quoted && text.slice(0, quoted.index).split("```").length % 2 === 1) {
    if (quoted.index > 0) out.append(markdown(text.slice(0, quoted.index), names));
    out.append(el("blockquote", {}, markdown(text.slice(quoted.index).replace(/^\n?>>> /, ""), names)));
    return out;
  }
  const blocks = text.split(/```(?:([\w+.#-]{1,20})\n)?([\s\S]*?)```/);
  for (let n = 0; n < blocks.length; n += 3) {
    lines(blocks[n], names, out, n > 0, n + 3 < blocks.length);
    if (n + 2 < blocks.length) out.append(el("pre", {}, el("code", { textContent: blocks[n + 2].replace(/^\n|\n$/g, "") })));
  }
  return out;
}

function lines(text, names, out, afterCode, beforeCode) {
  const trimmed = (afterCode ? text.replace(/^\n/, "") : text).replace(beforeCode ? /\n$/ : /$^/, "");
  if (!trimmed) return;
  const all = trimmed.split("\n");
  for (let n = 0; n < all.length; n += 1) {
    const line = all[n];
    if (/^> /.test(line)) {
      const quoted = [];
      while (n < all.length && /^> ?/.test(all[n])) quoted.push(all[n++].replace(/^> ?/, ""));
      n -= 1;
      out.append(el("blockquote", {}, markdown(quoted.join("\n"), names)));
      continue;
    }
    const heading = /^(#{1,3}) (.+)$/.exec(line);
    const item = /^(\s*)(?:([-*])|(\d+)\.) (.+)$/.exec(line);
    if (heading) out.append(el(`h${heading[1].length + 2}`, {}, ...inline(heading[2], names)));
    else if (/^-# /.test(line)) out.append(el("small", {}, ...inline(line.slice(3), names)));
    else if (item) out.append(el("div", { className: item[1] ? "item deep" : "item" }, `${item[2] ? "•" : `${item[3]}.`} `, ...inline(item[4], names)));
    else out.append(el("p", {}, ...(line ? inline(line, names) : ["\u00a0"])));
  }
}
