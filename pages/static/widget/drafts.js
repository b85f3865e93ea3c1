// What was typed and not sent: it stays until the tab is closed, for this user alone, or for nobody who then signs in.
import { session } from "./session.js";

const kept = new Map(); // also where storage is switched off

/** What was typed about this: `text`, and `keep`, which forgets an empty one. */
export function draftOf(about) {
  const { iss, id } = session.desk?.claims ?? {};
  const [own, nobodys] = [[iss, id, about], [about]].map((it) => `guildesk-draft ${JSON.stringify(it)}`);
  return {
    get text() {
      return read(own) || read(nobodys);
    },
    keep(text) {
      write(nobodys, session.desk ? "" : text);
      if (session.desk) write(own, text);
    },
  };
}

function read(key) {
  try {
    return kept.get(key) ?? sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function write(key, text) {
  kept.set(key, text);
  try {
    if (text) sessionStorage.setItem(key, text);
    else sessionStorage.removeItem(key);
  } catch {
    // it lives as long as the page
  }
}
