// The frame of the widget: begins when the page around it says hello, and shows one screen at a time.
import { icon, fill, h, texts } from "./dom.js";
import { host, tell } from "./host.js";
import { chat } from "./chat.js";
import { form } from "./form.js";
import { home } from "./home.js";
import { session } from "./session.js";

const app = document.getElementById("app");
const news = document.getElementById("news");
let screen = null;
let isOpen = false;
let title = texts.title;
let greeting = texts.greeting;

const go = {
  home: () => show(() => home(go, greeting)),
  form: (category) => show(() => form(go, category)),
  chat: (id) => show(() => chat(go, id)),
};

/** A screen is {title, back, nodes, focus, end}; the one before is ended. */
function show(make, { keepsFocus = false } = {}) {
  screen?.end?.();
  session.shown = null;
  screen = make();
  screen.seen?.(isOpen);
  const heading = h("h1", { tabindex: -1 }, screen.title ?? title, screen.about ? h("small", null, screen.about) : null);
  const back = screen.back
    ? h("button", { class: "w-bare", type: "button", "aria-label": texts.back, onclick: screen.back }, icon("back"))
    : null;
  const close = h("button", { class: "w-bare", type: "button", "aria-label": texts.close, onclick: leave }, icon("close"));
  app.replaceChildren(h("header", null, back, heading, close), ...screen.nodes);
  screen.shown?.();
  if (isOpen && !keepsFocus) (screen.focus?.() ?? heading).focus({ preventScroll: true });
}

function dress({ theme, color, title: called, greeting: greets, dir }) {
  const root = document.documentElement;
  if (dir === "rtl") root.dir = dir;
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (/^#[0-9a-f]{6}$/i.test(color ?? "")) {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(color.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    root.dataset.colored = "";
    root.style.setProperty("--brand", color);
    root.style.setProperty("--on-brand", 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff");
  }
  if (called) title = document.title = called;
  if (greets) greeting = greets;
}

/** Close the frame. What comes from now on is not seen. */
function leave() {
  isOpen = false;
  screen?.seen?.(false);
  tell({ type: "close" });
}

host.on("hello", (said) => {
  dress(said);
  isOpen = said.isOpen;
  void begin(said.knows);
});
host.on("identify", ({ knows }) => void begin(knows));
host.on("open", () => {
  isOpen = true;
  screen?.seen?.(true);
  (screen?.focus?.() ?? app.querySelector("h1"))?.focus({ preventScroll: true });
});
host.on("close", () => {
  isOpen = false;
  screen?.seen?.(false);
});

async function begin(knows) {
  await session.begin(knows);
  go.home();
}

let before = 0;
session.on("change", () => {
  if (isOpen && session.unread > before) news.textContent = fill(texts.unread, { count: session.unread });
  before = session.unread;
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (screen?.back) screen.back();
  else leave();
});
tell({ type: "ready", texts: { open: texts.open, close: texts.close, unread: texts.unread, title: texts.title } });
