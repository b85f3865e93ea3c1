// The connection of a page of the portal: one client for all of it, and a line that says when something is wrong.
import { Guildesk, GuildeskError } from "../client/index.js";
import { $, app, atMost, fill, h, localize, words } from "./dom.js";
import { io } from "../socket.io.esm.min.js";

const { root, user } = app.dataset;
const line = $("line");
let ended = false;

/** A token of 15 minutes, for the person whom this page was made for and nobody else. */
async function token() {
  const answer = await fetch(`${root}/portal/token`, { method: "POST" });
  if (answer.status === 401) {
    end(words.signed_out, words.sign_in, signInUrl());
    throw new GuildeskError(401, { message: words.signed_out, code: "signed_out" });
  }
  if (!answer.ok) throw new Error(`there is no token (${answer.status})`);
  const given = await answer.json();
  if (given.user_id !== user) {
    end(words.someone_else, words.reload, location.href);
    throw new GuildeskError(401, { message: words.someone_else, code: "signed_out" });
  }
  return given.token;
}

function signInUrl() {
  const here = location.pathname;
  return `${root}/portal/login?${new URLSearchParams({ next: here })}`;
}

export const desk = new Guildesk({
  url: location.origin + root,
  token,
  // its own first argument would be a namespace if there is a path in it
  io: (_, options) => io(location.origin, { ...options, path: `${root}/socket.io` }),
});

/** Nothing goes on until somebody has signed in again. What was not sent is kept. */
function end(text, action, url) {
  ended = true;
  line.className = "line bad";
  line.replaceChildren(text, " ", h("a", { href: url }, action));
  line.hidden = false;
}

function lost() {
  if (ended) return;
  line.className = "line";
  line.textContent = words.offline;
  line.hidden = false;
}

function back() {
  ended = false;
  if (line.hidden) return;
  line.className = "line good";
  line.textContent = words.back;
  setTimeout(() => {
    if (line.classList.contains("good")) line.hidden = true;
  }, 2500);
}

/** Whoever has signed in again in another tab goes on here, too. */
addEventListener("focus", async () => {
  if (!ended) return;
  try {
    await token();
    desk.connect();
  } catch {
    // nobody has, or somebody else
  }
});

desk.on("ready", back);
for (const event of ["ready", "blocked"]) desk.on(event, ({ blocked }) => told(blocked));

/** Whoever is blocked reads it on the page, and every page heeds it. */
function told(blocked) {
  $("blocked").hidden = !blocked;
  app.toggleAttribute("data-blocked", blocked);
  dispatchEvent(new Event("guildesk-blocked"));
}

desk.on("lost", lost);
addEventListener("offline", lost);
addEventListener("online", () => desk.ready && back());
let failures = 0;
desk.on("unreachable", () => ++failures > 1 && lost());
desk.on("ready", () => (failures = 0));
if (!navigator.onLine) lost();

// ---- the bell

const count = $("bell-count");
/** Of those that were read by looking at their ticket, so many are told at once. */
const AT_ONCE = 10;
/** Milliseconds between two looks: the API answers 30 times a minute. */
const PACE = 3000;
let unread = [];

function ring() {
  count.hidden = unread.length === 0;
  count.textContent = unread.length > 99 ? "99+" : String(unread.length);
  $("bell").title = fill(words.bell, { count: unread.length });
}

async function countUnread() {
  try {
    const found = await desk.rest.ask("GET", "/notifications", { query: { unread: true, limit: 100 } });
    unread = found.data.filter((it) => it.channel === "in_app" && !it.read_at);
    ring();
    dispatchEvent(new Event("guildesk-unread"));
  } catch {
    // it is counted at the next page
  }
}

/** Whoever has seen a ticket has read what was said about it. */
async function haveSeen(ticket) {
  const about = unread.filter((it) => it.ticket_id === ticket).slice(0, AT_ONCE);
  if (!about.length) return;
  unread = unread.filter((it) => !about.includes(it));
  ring();
  try {
    for (const { id } of about) await desk.rest.ask("POST", "/notifications/{id}/read", { path: { id } });
  } catch {
    // they are read another time
  }
}

desk.on("notification", atMost(PACE, () => void countUnread()));
desk.on("ready", ({ resumed }) => !resumed && void countUnread());
export { countUnread, haveSeen };

localize();
desk.connect();
