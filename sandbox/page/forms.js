// Forms over the page: those that the bot opens, and the page's own.
import { SELECTS, choices } from "/layout.js";
import { markdown } from "/markdown.js";
import { el } from "/show.js";

const [ROW, INPUT, TEXT, LABEL, UPLOAD, RADIO, CHECKBOXES, CHECKBOX] = [1, 4, 10, 18, 19, 21, 22, 23];

/** A form; `done` gets what was filled in, in the order of the fields, and says whether it was taken. */
export function openForm(dialog, { title, parts, button }, done) {
  const cancel = el("button", { type: "button", className: "button secondary", textContent: "Cancel" });
  cancel.onclick = () => dialog.close();
  const form = el("form", {}, el("h3", { textContent: title }), parts.map((it) => it.node),
    el("div", { className: "actions" }, cancel, el("button", { className: "button primary", textContent: button })));
  form.onsubmit = (event) => {
    event.preventDefault();
    dialog.close();
    done(parts.map((it) => it.value?.()));
  };
  dialog.replaceChildren(form);
  dialog.showModal();
}

function labelled(label, about, isRequired, ...inner) {
  return el("label", { className: "field" }, el("span", {}, label, isRequired ? el("b", { className: "required", textContent: " *" }) : null),
    about ? el("small", { textContent: about }) : null, inner);
}

/** A field for a text. */
export function textField({ label, about, rows = 1, value = "", required = false, placeholder = "", maxLength }) {
  const node = el("textarea", { rows, value, required, placeholder });
  if (maxLength) node.maxLength = maxLength;
  return { node: labelled(label, about, required, node), value: () => node.value };
}

/** A part of a form of the bot's; what it sends is what Discord sends. */
export function part(c, names, people) {
  if (c.type === TEXT) return { node: markdown(c.content, names) };
  if (c.type === ROW) return part(c.components[0], names, people);
  return c.type === LABEL ? field(c.component, c.label, c.description, people) : field(c, c.label ?? c.custom_id, null, people);
}

function field(c, label, about, people) {
  const base = { type: c.type, custom_id: c.custom_id };
  const required = c.required ?? false;
  if (c.type === INPUT) {
    const text = textField({ label, about, rows: c.style === 2 ? 4 : 1, value: c.value, required, placeholder: c.placeholder ?? "", maxLength: c.max_length });
    return { node: text.node, value: () => ({ ...base, value: text.value() }) };
  }
  if (SELECTS.includes(c.type)) {
    const several = (c.max_values ?? 1) > 1;
    const node = el("select", { required, multiple: several }, several ? null : el("option", { value: "", textContent: c.placeholder ?? "Make a selection" }),
      choices(c, people).map((o) => el("option", { value: o.value, textContent: o.label, selected: Boolean(o.default) })));
    return { node: labelled(label, about, required, node), value: () => ({ ...base, values: [...node.selectedOptions].map((it) => it.value).filter(Boolean) }) };
  }
  if (c.type === RADIO || c.type === CHECKBOXES) {
    const inputs = c.options.map((o) => el("input", { type: c.type === RADIO ? "radio" : "checkbox", name: c.custom_id, value: o.value, checked: Boolean(o.default) }));
    const rows = c.options.map((o, n) => el("label", { className: "choice" }, inputs[n], o.label));
    const chosen = () => inputs.filter((it) => it.checked).map((it) => it.value);
    return { node: el("fieldset", { className: "field" }, el("legend", { textContent: label }), about ? el("small", { textContent: about }) : null, rows),
      value: () => (c.type === RADIO ? { ...base, value: chosen()[0] ?? null } : { ...base, values: chosen() }) };
  }
  if (c.type === CHECKBOX) {
    const node = el("input", { type: "checkbox", checked: Boolean(c.default) });
    return { node: el("label", { className: "choice field" }, node, label), value: () => ({ ...base, value: node.checked }) };
  }
  if (c.type === UPLOAD) {
    const node = el("input", { type: "file", multiple: (c.max_values ?? 1) > 1, disabled: true, title: "The sandbox's page sends no files with forms" });
    return { node: labelled(label, about, false, node), value: () => ({ ...base, values: [] }) };
  }
  return { node: el("small", { textContent: `a component of kind ${c.type}` }), value: () => base };
}
