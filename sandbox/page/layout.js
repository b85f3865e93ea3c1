// Components: what messages are laid out with, and what can be clicked in them.
import { markdown } from "/markdown.js";
import { el, fileView } from "/show.js";

const [ROW, BUTTON, STRING, USER, ROLE, MENTIONABLE, CHANNEL] = [1, 2, 3, 5, 6, 7, 8];
const [SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER] = [9, 10, 11, 12, 13, 14, 17];
const LINK = 5;
export const SELECTS = [STRING, USER, ROLE, MENTIONABLE, CHANNEL];
const COLOURS = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "secondary" };

/** All components of a message. `look.use` is called with a component and the data of using it. */
export function layout(components, look) {
  return el("div", { className: "layout" }, components.map((it) => shown(it, look)));
}

function shown(c, look) {
  const inner = () => (c.components ?? []).map((it) => shown(it, look));
  switch (c.type) {
    case ROW: return el("div", { className: "row" }, inner());
    case BUTTON: return button(c, look);
    case SECTION: return el("div", { className: "section" }, el("div", {}, inner()), c.accessory ? shown(c.accessory, look) : null);
    case TEXT: return markdown(c.content, look.names);
    case THUMBNAIL: return el("img", { className: "thumbnail", src: source(c.media, look), alt: c.description ?? "" });
    case GALLERY: return el("div", { className: "gallery" }, c.items.map((it) => el("img", { src: source(it.media, look), alt: it.description ?? "" })));
    case FILE: return fileView(look.files.find((it) => c.file.url.endsWith(`/${it.filename}`)) ?? { filename: c.name ?? "file", size: c.size ?? 0, url: c.file.url });
    case SEPARATOR: return el("hr", { className: `${c.divider === false ? "gap" : ""} ${c.spacing === 2 ? "wide" : ""}`.trim() });
    case CONTAINER: {
      const box = el("div", { className: c.accent_color === undefined || c.accent_color === null ? "container" : "container accent" }, inner());
      if (c.accent_color !== undefined && c.accent_color !== null) box.style.setProperty("--accent", `#${c.accent_color.toString(16).padStart(6, "0")}`);
      return box;
    }
    default: return SELECTS.includes(c.type) ? select(c, look) : null;
  }
}

function source(media, look) {
  const name = /^attachment:\/\/(.+)$/.exec(media.url)?.[1];
  return name ? look.files.find((it) => it.filename === name)?.url : media.url;
}

function button(c, look) {
  const label = `${c.emoji?.name ?? ""} ${c.label ?? ""}`.trim();
  if (c.style === LINK) return el("a", { className: "button secondary", href: c.url, target: "_blank", rel: "noreferrer", textContent: `${label} ↗` });
  const node = el("button", { type: "button", className: `button ${COLOURS[c.style] ?? "secondary"}`, textContent: label, disabled: Boolean(c.disabled) });
  node.onclick = () => look.use(c, { component_type: BUTTON, custom_id: c.custom_id });
  return node;
}

/** The choices of a select, whatever it chooses among. */
export function choices(c, people) {
  return c.options ?? Object.entries(people).map(([label, it]) => ({ label, value: it.id }));
}

function select(c, look) {
  const options = choices(c, look.people ?? {});
  const several = (c.max_values ?? 1) > 1;
  const node = el("select", { disabled: Boolean(c.disabled), multiple: several },
    several ? null : el("option", { textContent: c.placeholder ?? "Make a selection", value: "" }),
    options.map((o) => el("option", { textContent: o.label, value: o.value, selected: Boolean(o.default) })));
  node.setAttribute("aria-label", c.placeholder ?? c.custom_id);
  node.onchange = () => {
    const values = [...node.selectedOptions].map((it) => it.value).filter(Boolean);
    if (values.length) look.use(c, { component_type: c.type, custom_id: c.custom_id, values });
  };
  return node;
}
