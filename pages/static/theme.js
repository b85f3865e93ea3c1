// Applies the theme that was chosen on this device before anything is drawn, lets people choose, writes times in
// the zone of their clock, and sends a form once however often its button is clicked.
"use strict";
(() => {
  const THEMES = ["auto", "light", "dark"];
  const root = document.documentElement;
  const stored = () => {
    try {
      return localStorage.getItem("guildesk-theme");
    } catch {
      return null; // storage is switched off
    }
  };
  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  apply(stored());
  const sent = new Set();
  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (sent.has(form)) return event.preventDefault();
    sent.add(form);
    setTimeout(() => sent.delete(form), 10_000); // the answer may be a file, or never come
  });
  addEventListener("pageshow", () => sent.clear());
  addEventListener("storage", () => apply(stored()));
  addEventListener("DOMContentLoaded", () => {
    for (const select of document.querySelectorAll("select[data-theme-choice]")) {
      select.value = THEMES.includes(stored()) ? stored() : "auto";
      select.addEventListener("change", () => {
        try {
          localStorage.setItem("guildesk-theme", select.value);
        } catch {
          // the choice holds for this page
        }
        apply(select.value);
      });
      select.closest("[hidden]")?.removeAttribute("hidden");
    }
    const local = new Intl.DateTimeFormat(root.lang, { dateStyle: "short", timeStyle: "short" });
    for (const it of document.querySelectorAll("time[datetime]")) it.textContent = local.format(new Date(it.dateTime));
    for (const select of document.querySelectorAll("select[data-language-choice]")) {
      select.addEventListener("change", () => {
        const there = new URL(location.href);
        there.searchParams.set("lang", select.value);
        location.assign(there);
      });
    }
  });
})();
