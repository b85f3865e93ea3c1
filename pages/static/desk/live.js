// Shows what happens while a page of the desk is open: it waits until something has happened, fetches the page again,
// and puts the parts of the new one in the place of the old ones. What somebody is writing stays as it is.
const PAUSE = 5_000;
const AWAY = 15_000;
const root = document.querySelector("[data-live]");
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

/** The page as it is now: a document in which no script runs. Null if it cannot be had. */
function fetched() {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.onload = () => resolve(request.status === 200 ? request.response : null);
    request.onerror = () => resolve(null);
    request.send();
  });
}

function inTheReadersZone(part) {
  const local = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  for (const it of part.querySelectorAll("time[datetime]")) it.textContent = local.format(new Date(it.dateTime));
}

function replace(old, part) {
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const wasAtEnd = innerHeight + scrollY >= document.body.scrollHeight - 80;
  const adopted = document.adoptNode(part);
  inTheReadersZone(adopted);
  old.replaceWith(adopted);
  if (focused !== null) [...adopted.querySelectorAll("a")].find((it) => it.getAttribute("href") === focused)?.focus();
  if (wasAtEnd && scrollY > 0) scrollTo(0, document.body.scrollHeight);
}

/** Puts in what is new; false where the page could not be had. */
async function renew() {
  const page = await fetched();
  const there = page?.querySelector("[data-live]");
  if (!there) return false;
  root.dataset.live = there.dataset.live;
  for (const old of root.querySelectorAll("[data-part]")) {
    const part = there.querySelector(`[data-part="${old.dataset.part}"]`);
    if (part && part.textContent !== old.dataset.text) {
      part.dataset.text = part.textContent;
      replace(old, part);
    }
  }
  const told = root.querySelector("[data-told]");
  if (told) told.textContent = told.dataset.told;
  return true;
}

async function watch() {
  for (;;) {
    try {
      if (document.hidden) await new Promise((resolve) => addEventListener("visibilitychange", resolve, { once: true }));
      const answer = await fetch(root.dataset.live, { cache: "no-store", redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 403) return location.reload(); // signed out meanwhile
      if (answer.status === 200) await pause((await renew()) ? PAUSE : AWAY);
      else if (answer.status === 409) await renew(); // the store was restored
      else if (answer.status !== 204) await pause(4 * AWAY);
    } catch {
      await pause(AWAY);
    }
  }
}

if (root) watch();
