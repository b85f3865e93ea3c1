// How things look. Every text is put in as text, never as markup.

export function el(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** A text of Discord's: who and what is mentioned, and times, in words. */
export function spoken(text, names) {
  const parts = text.split(/(<(?:@[!&]?|#)\d+>|<t:-?\d+(?::\w)?>)/);
  return parts.map((part) => {
    const mention = /^<(@[!&]?|#)(\d+)>$/.exec(part);
    if (mention) {
      const sign = mention[1][0];
      return el("span", { className: "mention", textContent: sign + (names.get(mention[2]) ?? mention[2]) });
    }
    const time = /^<t:(-?\d+)/.exec(part);
    return time ? new Date(time[1] * 1000).toLocaleString() : part;
  });
}

export function embedView(e, names) {
  const fields = (e.fields ?? []).map((f) => el("div", {}, el("dt", { textContent: f.name }), el("dd", {}, ...spoken(f.value, names))));
  return el("div", { className: "embed" },
    e.author ? el("small", { textContent: e.author.name }) : null,
    e.title ? el("h3", { textContent: e.title }) : null,
    e.description ? el("p", {}, ...spoken(e.description, names)) : null,
    fields.length > 0 ? el("dl", {}, ...fields) : null,
    e.footer ? el("small", { textContent: e.footer.text }) : null);
}

export function fileView(a) {
  return el("p", {}, el("a", { textContent: `${a.filename} (${a.size.toLocaleString()} bytes)`, href: a.url, rel: "noreferrer" }));
}

/** All that can be clicked, however deep it lies in rows and sections. */
export function controls(nodes) {
  return (nodes ?? []).flatMap((n) => (n.custom_id ? [n] : controls(n.components ?? (n.component ? [n.component] : []))));
}

/** A form over the page; `done` gets the texts in their order. */
export function openDialog(dialog, { title, fields, button }, done) {
  const inputs = fields.map((f) => el("textarea", { rows: f.rows ?? 1, value: f.value ?? "", required: f.required ?? false }));
  const labels = fields.map((f, n) => el("label", { textContent: f.label }, inputs[n]));
  const cancel = el("button", { type: "button", textContent: "Cancel" });
  cancel.onclick = () => dialog.close();
  const form = el("form", {}, el("strong", { textContent: title }), ...labels,
    el("div", { className: "actions" }, cancel, el("button", { textContent: button })));
  form.onsubmit = (event) => {
    event.preventDefault();
    dialog.close();
    done(inputs.map((input) => input.value));
  };
  dialog.replaceChildren(form);
  dialog.showModal();
}
