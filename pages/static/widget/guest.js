// Who is no user of the page's: a guest, from their first message on. What is kept is the token with which the next one
// is asked for, in storage that belongs to this frame on this page; never in a cookie.
import { GuildeskError } from "../client/index.js";

const KEPT = "guildesk-guest";
let remembered = null;
let current = null;

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? remembered;
  } catch {
    return remembered; // storage is switched off: a guest for as long as the page lives
  }
}

function keep(guest) {
  remembered = guest;
  try {
    if (guest) localStorage.setItem(KEPT, JSON.stringify(guest));
    else localStorage.removeItem(KEPT);
  } catch {
    // likewise
  }
}

async function ask(url, path, json) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(json), credentials: "omit" });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new GuildeskError(answer.status, said, { retryAfter: Number(answer.headers.get("Retry-After")) || undefined });
  return said;
}

/** Whether somebody asked here before as a guest. */
export const isKnown = () => kept() !== null;

/** Become a guest. */
export async function come(url, username) {
  take(await ask(url, "/guests", username ? { username } : {}));
}

function take(said) {
  current = said.token;
  keep({ refresh: said.refresh_token });
}

/** A token of the guest's. Of two tabs the second gets what the first one got. */
export async function token(url, { refused }) {
  if (current && !refused) {
    const given = current;
    current = null; // the library keeps it; it asks again when it needs a newer one
    return given;
  }
  const guest = kept();
  try {
    take(await ask(url, "/accounts/refresh", { refresh_token: guest.refresh }));
  } catch (fault) {
    if (fault.status === 401) keep(null);
    throw fault;
  }
  const given = current;
  current = null;
  return given;
}

/** The guest has signed in: what was the guest's is the user's from now on. */
export async function claim(url, desk) {
  const guest_token = await token(url, { refused: true }).catch((fault) => {
    if (fault.status === 401) return null; // the guest's time is over
    throw fault;
  });
  if (guest_token) await desk.request("POST", "/me/claim", { json: { guest_token } });
  keep(null);
}
