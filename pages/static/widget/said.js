// What people write, with code, bold, italic and links shown as such. All of it stays text nodes: nothing is HTML.
import { h } from "./dom.js";

const MARKS =
  /\n?```(?:\w*\n)?([\s\S]+?)```\n?|`([^`\n]+)`|\*\*(\S[^\n]*?)\*\*|(?<![*\w])[*_](\S[^*_\n]*?)[*_](?![*\w])|((?<![a-z0-9.+-])https?:\/\/(?=\[[0-9a-f:.]+\]|[^\x00-\/:-@[-`{-~\s])(?:\([^\s()[\]{}<>"*`]*\)|\[[^\s()[\]{}<>"*`]*\]|\{[^\s()[\]{}<>"*`]*\}|[^\s()[\]{}<>"\\*~|`_]|[_*]+(?=[a-z0-9(?&=#/%])|~(?!~)|\|(?!\|))*(?:\([^\s()[\]{}<>"*`]*\)|\[[^\s()[\]{}<>"*`]*\]|\{[^\s()[\]{}<>"*`]*\}|[^\s()[\]{}<>"\\*~|`_.,:;!?'…’”»。，、！？」]))/gi;

/** Nodes of a text. */
export function said(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(MARKS)) {
    const [whole, block, code, bold, italic, url] = found;
    nodes.push(text.slice(at, found.index));
    at = found.index + whole.length;
    if (block !== undefined) nodes.push(h("pre", { tabindex: 0 }, h("code", null, block.replace(/\n$/, ""))));
    else if (code !== undefined) nodes.push(h("code", null, code));
    else if (bold !== undefined) nodes.push(h("strong", null, said(bold)));
    else if (italic !== undefined) nodes.push(h("em", null, said(italic)));
    else nodes.push(h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, url));
  }
  nodes.push(text.slice(at));
  return nodes.filter((it) => it !== "");
}
