// What was typed and not sent: it stays until the tab is closed, for this person alone.
import { app } from "./dom.js";

/** What was typed about this: `text`, and `keep`, which forgets an empty one. */
export function draftOf(about) {
  const key = `guildesk-draft ${app.dataset.user} ${about}`;
  return {
    get text() {
      try {
        return sessionStorage.getItem(key) ?? "";
      } catch {
        return "";
      }
    },
    keep(text) {
      try {
        if (text) sessionStorage.setItem(key, text);
        else sessionStorage.removeItem(key);
      } catch {
        // storage is switched off: the draft lives as long as the page
      }
    },
  };
}
