// Shows what one person sees in the sandbox. Every text is put in as text, never as markup.

const $ = (id) => document.getElementById(id);
const info = await (await fetch("/sandbox/info")).json();
let person = "alice";
let channel = null;
let shown = [];

function el(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.filter((child) => child !== null));
  return node;
}

async function api(method, path, body) {
  const headers = { Authorization: info.people[person].token };
  if (body !== undefined && !(body instanceof FormData)) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(body);
  }
  const response = await fetch(`/api/v10${path}`, { method, headers, body });
  const answer = response.status === 204 ? null : await response.json();
  if (method !== "GET" || !response.ok) $("note").textContent = response.ok ? "" : `${response.status} ${answer.message}`;
  return response.ok ? answer : null;
}

async function drawChannels() {
  const all = (await api("GET", `/guilds/${info.guild_id}/channels`)) ?? [];
  all.sort((a, b) => a.position - b.position);
  const texts = (parent) => all.filter((c) => c.type === 0 && c.parent_id === parent).map(channelButton);
  const groups = all.filter((c) => c.type === 4).flatMap((c) => [el("h2", { textContent: c.name }), ...texts(c.id)]);
  $("channels").replaceChildren(...texts(null), ...groups);
  if (!all.some((c) => c.id === channel)) channel = null;
}

function channelButton(c) {
  const button = el("button", { textContent: `# ${c.name}`, title: c.topic ?? "" });
  button.setAttribute("aria-current", c.id === channel);
  button.onclick = () => { channel = c.id; shown = []; refresh(); };
  return button;
}

async function drawMessages() {
  const found = channel === null ? [] : (await api("GET", `/channels/${channel}/messages?limit=100`)) ?? [];
  const private_ = shown.filter((m) => m.channel_id === channel);
  const all = [...found, ...private_].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  const main = $("messages");
  const atEnd = main.scrollTop + main.clientHeight >= main.scrollHeight - 40;
  main.replaceChildren(...all.map(messageView));
  if (atEnd) main.scrollTop = main.scrollHeight;
}

function messageView(m) {
  const when = new Date(m.timestamp).toLocaleTimeString();
  const marks = [when, m.webhook_id ? "webhook" : null, m.edited_timestamp ? "edited" : null,
    m.pinned ? "pinned" : null, m.flags & 64 ? "only you see this" : null].filter(Boolean).join(" · ");
  const view = el("article", { className: m.flags & 64 ? "private" : "" },
    el("b", { textContent: m.author.global_name ?? m.author.username }), el("small", { textContent: marks }));
  if (m.referenced_message) view.append(el("p", {}, el("small", { textContent: `in reply to: ${m.referenced_message.content}` })));
  if (m.content) view.append(el("p", { textContent: m.content }));
  view.append(...m.embeds.map(embedView), ...m.attachments.map(fileView));
  view.append(...m.reactions.map((r) => el("span", { className: "reaction", textContent: `${r.emoji.name} ${r.count}` })));
  view.append(...controls(m.components).map((c) => controlView(m, c)));
  return view;
}

function embedView(e) {
  const parts = [e.author?.name, e.title, e.description, ...(e.fields ?? []).map((f) => `${f.name}: ${f.value}`), e.footer?.text];
  return el("div", { className: "embed" }, ...parts.filter(Boolean).map((textContent) => el("p", { textContent })));
}

function fileView(a) {
  return el("p", {}, el("a", { textContent: `${a.filename} (${a.size} bytes)`, href: a.url, rel: "noreferrer" }));
}

function controls(nodes) {
  return (nodes ?? []).flatMap((n) => (n.custom_id ? [n] : controls(n.components ?? (n.component ? [n.component] : []))));
}

function controlView(m, c) {
  if (c.type === 2) {
    const button = el("button", { textContent: `${c.emoji?.name ?? ""} ${c.label ?? ""}`.trim(), disabled: Boolean(c.disabled) });
    button.onclick = () => use(3, { component_type: 2, custom_id: c.custom_id }, m.id);
    return button;
  }
  const options = c.options ?? Object.entries(info.people).map(([label, p]) => ({ label, value: p.id }));
  const menu = el("select", { disabled: Boolean(c.disabled) }, el("option", { textContent: c.placeholder ?? "Choose", value: "" }),
    ...options.map((o) => el("option", { textContent: o.label, value: o.value })));
  menu.onchange = () => menu.value && use(3, { component_type: c.type, custom_id: c.custom_id, values: [menu.value] }, m.id);
  return menu;
}

async function use(type, data, message_id) {
  const body = { type, application_id: info.application_id, guild_id: info.guild_id, channel_id: channel, data };
  const told = await api("POST", "/interactions?wait=5", message_id ? { ...body, message_id } : body);
  if (told === null) return;
  if (!told.acknowledged) $("note").textContent = "The bot did not answer.";
  if (told.modal) openModal(told.modal);
  shown.push(...[told.response, ...told.followups].filter((m) => m && m.flags & 64));
  refresh();
}

function openModal(modal) {
  const inputs = controls(modal.components).map((c) => ({ c, input: el("textarea", { rows: c.style === 2 ? 4 : 1, value: c.value ?? "" }) }));
  const form = el("form", {}, el("strong", { textContent: modal.title }),
    ...inputs.map(({ c, input }) => el("label", { textContent: c.label ?? c.custom_id }, input)), el("button", { textContent: "Submit" }));
  form.onsubmit = (event) => {
    event.preventDefault();
    $("modal").close();
    const filled = inputs.map(({ c, input }) => (c.type === 4 ? { custom_id: c.custom_id, value: input.value } : { custom_id: c.custom_id, values: [input.value] }));
    use(5, { custom_id: modal.custom_id, components: filled });
  };
  $("modal").replaceChildren(form);
  $("modal").showModal();
}

async function send(text) {
  const command = /^\/([\w-]+)\s*(.*)$/s.exec(text);
  if (command) {
    const options = [...command[2].matchAll(/([\w-]+):\s*(.*?)(?=\s+[\w-]+:|$)/gs)].map(([, name, value]) => ({ name, value: value.trim() }));
    return use(2, { name: command[1], type: 1, options });
  }
  const files = [...$("files").files];
  if (files.length === 0) return api("POST", `/channels/${channel}/messages`, { content: text });
  const form = new FormData();
  form.append("payload_json", JSON.stringify({ content: text }));
  files.forEach((file, n) => form.append(`files[${n}]`, file, file.name));
  return api("POST", `/channels/${channel}/messages`, form);
}

$("write").onsubmit = async (event) => {
  event.preventDefault();
  if (channel === null) return;
  await send($("text").value);
  event.target.reset();
};
$("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); $("write").requestSubmit(); }
};
$("person").append(...Object.keys(info.people).map((name) => el("option", { textContent: name, value: name })));
$("person").value = person;
$("person").onchange = () => { person = $("person").value; shown = []; refresh(); };

async function refresh() {
  await drawChannels();
  await drawMessages();
}

await refresh();
for (let at = -1; ;) {
  try {
    const change = await (await fetch(`/sandbox/changes?since=${at}&wait=25`)).json();
    if (change.at !== at) { at = change.at; await refresh(); }
  } catch {
    at = -1;
    await new Promise((again) => setTimeout(again, 2000));
  }
}
