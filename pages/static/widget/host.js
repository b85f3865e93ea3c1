// The page around the frame. It is heard only if it is the frame's parent, and of the origin for which the server
// made this frame; what is said goes to that origin alone.
import { Emitter } from "../client/basics.js";

const origin = document.body.dataset.origin;
const waiting = new Map();
let asked = 0;

/** Emits `hello`, `identify`, `open` and `close`. */
export const host = new Emitter();

export function tell(said) {
  parent.postMessage({ guildesk: 1, ...said }, origin);
}

/** A token of the page's user, or null if nobody is signed in there. */
export function token({ refused }) {
  const id = ++asked;
  tell({ type: "token", id, refused });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(id, reject, new Error("the page did not answer")), 20_000);
    waiting.set(id, (said) => {
      clearTimeout(timer);
      if (said.fault) settle(id, reject, new Error("the page has no token"));
      else settle(id, resolve, said.token);
    });
  });
}

function settle(id, done, what) {
  waiting.delete(id);
  done(what);
}

addEventListener("message", (event) => {
  if (event.source !== parent || event.origin !== origin || event.data?.guildesk !== 1) return;
  const said = event.data;
  if (said.type === "token") waiting.get(said.id)?.(said);
  else if (["hello", "identify", "open", "close"].includes(said.type)) host.emit(said.type, said);
});
