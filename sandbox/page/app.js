// Shows what one person sees in the sandbox, and lets them act.
import { fitting, invocation, usage } from "/commands.js";
import { controls, el, embedView, fileView, openDialog, spoken } from "/show.js";

const PINNED = 6;
const ONLY_YOU = 64;
const $ = (id) => document.getElementById(id);
const info = await (await fetch("/sandbox/info")).json();
let person = "alice";
let channel = null;
let shown = [];
let names = new Map();
let all = [];
let commands = [];

async function api(method, path, body, authorization = info.people[person].token) {
  const headers = { Authorization: authorization };
  if (body !== undefined && !(body instanceof FormData)) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(body);
  }
  const response = await fetch(`/api/v10${path}`, { method, headers, body });
  const answer = response.status === 204 ? {} : await response.json();
  if (method !== "GET" || !response.ok) $("note").textContent = response.ok ? "" : `Discord says: ${answer.message} (${response.status})`;
  return response.ok ? answer : null;
}

async function drawChannels() {
  all = (await api("GET", `/guilds/${info.guild_id}/channels`)) ?? [];
  all.sort((a, b) => a.position - b.position);
  all.forEach((c) => names.set(c.id, c.name));
  const texts = (parent) => all.filter((c) => c.type === 0 && c.parent_id === parent).map(channelButton);
  const groups = all.filter((c) => c.type === 4).flatMap((c) => [el("h2", { textContent: c.name }), ...texts(c.id)]);
  $("channels").replaceChildren(...texts(null), ...groups);
  if (!all.some((c) => c.id === channel)) channel = null;
  drawHead(all.find((c) => c.id === channel));
}

function channelButton(c) {
  const button = el("button", { textContent: `# ${c.name}`, title: c.topic ?? "" });
  button.setAttribute("aria-current", c.id === channel);
  button.onclick = () => { channel = c.id; shown = []; $("note").textContent = ""; refresh(); };
  return button;
}

function drawHead(open) {
  $("channel").hidden = !open;
  if (!open || document.activeElement === $("move")) return;
  $("name").textContent = `# ${open.name}`;
  $("moving").hidden = open.parent_id === null;
  $("move").replaceChildren(...all.filter((c) => c.type === 4).map((c) => el("option", { textContent: c.name, value: c.id })));
  $("move").value = open.parent_id ?? "";
}

async function drawMessages() {
  const main = $("messages");
  if (channel === null) {
    main.replaceChildren(el("p", { className: "empty", textContent: "Choose a channel. A ticket has one of its own as soon as somebody opens it; who may see it depends on who you are." }));
    return;
  }
  const found = (await api("GET", `/channels/${channel}/messages?limit=100`)) ?? [];
  const private_ = shown.filter((m) => m.channel_id === channel);
  const sorted = [...found, ...private_].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  const atEnd = main.scrollTop + main.clientHeight >= main.scrollHeight - 40;
  main.replaceChildren(...sorted.map(messageView));
  if (atEnd) main.scrollTop = main.scrollHeight;
}

function messageView(m) {
  const private_ = Boolean(m.flags & ONLY_YOU);
  const marks = [new Date(m.timestamp).toLocaleTimeString(), m.edited_timestamp && !private_ ? "edited" : null,
    m.pinned ? "pinned" : null, private_ ? "only you see this" : null].filter(Boolean).join(" · ");
  const view = el("article", { className: private_ ? "private" : m.content.startsWith("//") ? "note" : "" },
    m.author.id === info.people[person].id ? ownView(m) : null,
    el("b", { textContent: m.author.global_name ?? m.author.username }),
    m.author.bot ? el("span", { className: "tag", textContent: "APP" }) : null,
    el("small", { textContent: marks }));
  if (m.type === PINNED) view.append(el("p", {}, el("small", { textContent: "pinned a message to this channel" })));
  else if (m.referenced_message) view.append(el("p", {}, el("small", {}, "in reply to: ", ...spoken(m.referenced_message.content, names))));
  if (m.content) view.append(el("p", {}, ...spoken(m.content, names)));
  view.append(...m.embeds.map((e) => embedView(e, names)), ...m.attachments.map(fileView));
  view.append(...m.reactions.map((r) => el("span", { className: "reaction", textContent: `${r.emoji.name} ${r.count}` })));
  view.append(...controls(m.components).map((c) => controlView(m, c)));
  return view;
}

function ownView(m) {
  const edit = el("button", { textContent: "Edit" });
  const remove = el("button", { textContent: "Delete" });
  const path = `/channels/${m.channel_id}/messages/${m.id}`;
  edit.onclick = () => openDialog($("modal"), { title: "Edit your message", fields: [{ label: "", rows: 4, value: m.content }], button: "Save" },
    ([content]) => api("PATCH", path, { content }));
  remove.onclick = () => api("DELETE", path);
  return el("span", { className: "own" }, edit, remove);
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
  if (told === null) return false;
  if (!told.acknowledged) $("note").textContent = "The bot did not answer.";
  if (told.modal) openModal(told.modal);
  shown.push(...[told.response, ...told.followups].filter((m) => m && m.flags & ONLY_YOU));
  refresh();
  return true;
}

function openModal(modal) {
  const inputs = controls(modal.components);
  const fields = inputs.map((c) => ({ label: c.label ?? c.custom_id, rows: c.style === 2 ? 4 : 1, value: c.value, required: c.required }));
  openDialog($("modal"), { title: modal.title, fields, button: "Submit" }, (texts) => {
    const filled = inputs.map((c, n) => (c.type === 4 ? { custom_id: c.custom_id, value: texts[n] } : { custom_id: c.custom_id, values: [texts[n]] }));
    use(5, { custom_id: modal.custom_id, components: filled });
  });
}

/** Whether it was taken; what was not stays where it was written. */
async function send(text) {
  if (/^\/[\w-]/.test(text)) return use(2, invocation(commands, info.people, text));
  const path = `/channels/${channel}/messages`;
  const files = [...$("files").files];
  if (files.length === 0) return (await api("POST", path, { content: text })) !== null;
  const form = new FormData();
  form.append("payload_json", JSON.stringify({ content: text }));
  files.forEach((file, n) => form.append(`files[${n}]`, file, file.name));
  return (await api("POST", path, form)) !== null;
}

function drawHint() {
  $("hint").replaceChildren(...fitting(commands, $("text").value).map((command) => {
    const button = el("button", { type: "button" }, el("b", { textContent: usage(command) }), el("small", { textContent: `  ${command.description}` }));
    button.onclick = () => { $("text").value = `/${command.name} `; $("text").focus(); drawHint(); };
    return button;
  }));
}

async function learn() {
  const bot = `Bot ${info.bot_token}`;
  const roles = (await api("GET", `/guilds/${info.guild_id}/roles`, undefined, bot)) ?? [];
  const scopes = [`/applications/${info.application_id}/guilds/${info.guild_id}/commands`, `/applications/${info.application_id}/commands`];
  commands = (await Promise.all(scopes.map((path) => api("GET", path, undefined, bot)))).flatMap((found) => found ?? []);
  names = new Map([[info.bot_id, "Guildesk"], ...roles.map((r) => [r.id, r.name]), ...Object.entries(info.people).map(([name, p]) => [p.id, name])]);
}

function standing(name) {
  const held = info.people[name].roles.map((role) => names.get(role) ?? role).join(", ");
  return `${name} – ${held || (name === "olive" ? "owner of the guild" : "no role")}`;
}

$("write").onsubmit = async (event) => {
  event.preventDefault();
  if (channel === null) { $("note").textContent = "Choose a channel first."; return; }
  const text = $("text").value;
  if (text.startsWith("/") && !commands.length) await learn();
  try {
    if (await send(text)) event.target.reset();
  } catch (problem) {
    $("note").textContent = problem.message;
  }
  $("files").onchange();
  drawHint();
};
$("text").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); $("write").requestSubmit(); }
};
$("text").oninput = async () => {
  if ($("text").value === "/") await learn();
  drawHint();
};
$("files").onchange = () => {
  const count = $("files").files.length;
  $("chosen").textContent = count ? `${count} file${count > 1 ? "s" : ""}` : "Files …";
};
$("move").onchange = async () => {
  await api("PATCH", `/channels/${channel}`, { parent_id: $("move").value });
  $("move").blur();
  refresh();
};

async function refresh() {
  await drawChannels();
  await drawMessages();
}

await learn();
$("person").append(...Object.keys(info.people).map((name) => el("option", { textContent: standing(name), value: name })));
$("person").value = person;
$("person").onchange = () => { person = $("person").value; shown = []; $("note").textContent = ""; refresh(); };
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
