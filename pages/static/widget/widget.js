// The widget on a page of an app: a button, and a frame of Guildesk's behind it. The page's own styles do not reach
// them, and they hold nothing of the page's; the two talk by messages from and to exact origins.
"use strict";
(() => {
  const script = document.currentScript;
  const AGAIN = "guildesk-again";
  if (!script || window.Guildesk) return void document.dispatchEvent(new Event(AGAIN));
  const options = script.dataset;
  const url = new URL("widget", script.src);
  const origin = url.origin;

  const listeners = new Map();
  let source = options.tokenUrl ? fromUrl(options.tokenUrl) : null;
  let isOpen = false;
  let isReady = false;
  let texts = { open: options.label || "Support", close: "×", unread: "{count}", title: "Support" };
  let unread = 0;
  let frame = null;

  // ---- what is on the page

  const STYLE = `
    :host { all: initial; position: fixed; inset: auto 0 0 auto; z-index: 2147483000; color-scheme: normal; }
    :host([data-position=left]) { inset: auto auto 0 0; }
    * { box-sizing: border-box; }
    button {
      position: fixed; bottom: 20px; right: 20px; display: flex; gap: 10px; align-items: center; justify-content: center;
      min-width: 56px; height: 56px; margin: 0; padding: 0 15px; border: 0; border-radius: 28px; cursor: pointer;
      font: 600 16px/1 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; letter-spacing: 0;
      color: var(--on-accent, #fff); background: var(--accent, #2f5bd7);
      box-shadow: 0 1px 3px rgb(0 0 0 / .25), 0 6px 20px rgb(0 0 0 / .22);
    }
    :host([data-position=left]) button { right: auto; left: 20px; }
    button:hover { filter: brightness(1.08); }
    button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #1b1e26; }
    svg { width: 26px; height: 26px; flex: none; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .badge {
      position: absolute; top: -4px; right: -4px; min-width: 24px; height: 24px; padding: 0 6px; border-radius: 12px;
      font-size: 14px; font-weight: 700; line-height: 24px; text-align: center; color: #fff; background: #b3213a;
    }
    iframe {
      position: fixed; bottom: 92px; right: 20px; width: 400px; height: min(660px, calc(100vh - 112px)); border: 0;
      border-radius: 16px; color-scheme: normal; background: transparent;
      box-shadow: 0 2px 6px rgb(0 0 0 / .18), 0 16px 48px rgb(0 0 0 / .28);
    }
    :host([data-position=left]) iframe { right: auto; left: 20px; }
    [hidden] { display: none !important; }
    .said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    @media (max-width: 480px), (max-height: 480px) {
      iframe { inset: 0; left: 0 !important; width: 100%; height: 100%; height: 100dvh; border-radius: 0; }
      :host([data-covered]) button { display: none; }
    }
    @media (prefers-reduced-motion: no-preference) {
      iframe:not([hidden]) { animation: up .18s ease-out; }
      @keyframes up { from { opacity: 0; transform: translateY(12px); } }
    }
    @media (forced-colors: active) { button { border: 2px solid; } }
    @media print { :host { display: none; } }`;

  const place = document.createElement("guildesk-widget");
  const shadow = place.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // allowed under a style-src that forbids styles in the page
  sheet.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [sheet];
  const button = document.createElement("button");
  button.type = "button";
  const label = document.createElement("span");
  const badge = document.createElement("span");
  badge.className = "badge";
  badge.hidden = true;
  const said = document.createElement("span");
  said.className = "said";
  said.setAttribute("role", "status");
  const bubble = icon("M21 12a8.5 8.5 0 0 1-12.4 7.5L3.5 21l1.5-4.6A8.5 8.5 0 1 1 21 12z");
  const down = icon("M6 9l6 6 6-6");
  button.append(bubble, down, label, badge);
  button.addEventListener("click", () => (isOpen ? close() : open()));
  shadow.append(button, said);
  place.dataset.position = ["left", "right"].includes(options.position) ? options.position : dir() === "rtl" ? "left" : "right";
  button.hidden = options.launcher === "none";
  label.textContent = options.label ?? "";
  label.hidden = !options.label;
  if (isColor(options.color)) {
    place.style.setProperty("--accent", options.color);
    place.style.setProperty("--on-accent", on(options.color));
  }
  draw();

  function icon(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(svg.namespaceURI, "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  /** In which direction the page reads. */
  function dir() {
    return options.dir ?? getComputedStyle(document.documentElement).direction;
  }

  function isColor(text) {
    return /^#[0-9a-f]{6}$/i.test(text ?? "");
  }

  /** Black or white, whichever is read better on the colour (WCAG's relative luminance). */
  function on(color) {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(color.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff";
  }

  function draw() {
    bubble.toggleAttribute("hidden", isOpen);
    down.toggleAttribute("hidden", !isOpen);
    badge.hidden = unread === 0 || isOpen;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    const news = badge.hidden ? "" : texts.unread.replace("{count}", String(unread));
    const name = isOpen ? texts.close : options.label || texts.open;
    button.setAttribute("aria-label", news ? `${name}, ${news}` : name);
    button.setAttribute("aria-expanded", String(isOpen));
    button.setAttribute("aria-haspopup", "dialog");
    said.textContent = news;
    place.toggleAttribute("data-covered", isOpen && isReady);
  }

  function load() {
    if (frame) return;
    frame = document.createElement("iframe");
    url.searchParams.set("origin", location.origin);
    if (options.language) url.searchParams.set("lang", options.language);
    frame.src = url.href;
    frame.hidden = !isOpen;
    frame.title = options.title || texts.title;
    frame.referrerPolicy = "origin";
    shadow.insertBefore(frame, button);
  }

  function open() {
    begin();
    load();
    isOpen = true;
    frame.hidden = false;
    draw();
    tell({ type: "open" });
    frame.focus();
    emit("open");
  }

  function close() {
    if (!isOpen) return;
    const hadFocus = shadow.activeElement === frame;
    isOpen = false;
    frame.hidden = true;
    draw();
    tell({ type: "close" });
    if (hadFocus && !button.hidden) button.focus();
    emit("close");
  }

  // ---- what the frame and the page say to each other

  function tell(said) {
    if (isReady) frame.contentWindow?.postMessage({ guildesk: 1, ...said }, origin);
  }

  window.addEventListener("message", async (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== origin) return;
    const said = event.data;
    if (said?.guildesk !== 1) return;
    if (said.type === "ready") {
      isReady = true;
      texts = said.texts;
      frame.title = options.title || texts.title;
      draw();
      const { theme, color, title, greeting } = options;
      tell({ type: "hello", knows: source !== null, isOpen, theme, color, title, greeting, dir: dir() });
      emit("ready");
    } else if (said.type === "token") {
      tell({ type: "token", id: said.id, ...(await token(said.refused)) });
    } else if (said.type === "close") {
      close();
    } else if (said.type === "unread") {
      if (unread === said.count) return;
      unread = said.count;
      draw();
      emit("unread", unread);
    } else if (said.type === "event") {
      emit(said.name, said.detail);
    }
  });

  async function token(refused) {
    try {
      const given = typeof source === "function" ? await source({ refused }) : source;
      if (given && !/^[!-~]+$/.test(given)) throw new Error(`what was given is none: ${String(given).slice(0, 80)}`);
      return { token: given || null };
    } catch (fault) {
      console.error("Guildesk: there is no token:", fault);
      return { fault: true };
    }
  }

  /** Tokens of the page's own backend: a text, or {"token": …}. With 204, 401 or 403 nobody is signed in. */
  function fromUrl(address) {
    return async () => {
      const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
      if ([204, 401, 403].includes(answer.status)) return null;
      if (!answer.ok) throw new Error(`${address} answered with ${answer.status}`);
      const text = (await answer.text()).trim();
      return text.startsWith("{") ? JSON.parse(text).token : text;
    };
  }

  // ---- what the page may do

  function emit(name, detail) {
    for (const listener of listeners.get(name) ?? []) listener(detail);
  }

  window.Guildesk = Object.freeze({
    open,
    close,
    /** Who the user is now: a token, a function that gives one, the address to ask, or null for nobody. */
    identify(who) {
      source = typeof who === "string" && /^(https?:)?\//.test(who) ? fromUrl(who) : who || null;
      tell({ type: "identify", knows: source !== null });
    },
    /** Hear `ready`, `open`, `close`, `unread`, `message`, `ticket`; gives a function that ends it. */
    on(name, listener) {
      listeners.set(name, [...(listeners.get(name) ?? []), listener]);
      if (name === "ready" && isReady) listener();
      return () => listeners.set(name, listeners.get(name).filter((it) => it !== listener));
    },
  });

  /** The place on the page; pages that change all they show remove it, and add the script again. */
  function begin() {
    if (place.isConnected) return;
    isReady = false;
    document.body.append(place);
    document.dispatchEvent(new CustomEvent("guildesk"));
    // the frame tells whether something is unread: when the page has done its own work
    (window.requestIdleCallback ?? ((work) => setTimeout(work, 1000)))(load, { timeout: 4000 });
  }
  document.addEventListener(AGAIN, begin);
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
