// Shows what one person sees in the sandbox, and lets them act.
import { fitting, invocation, usage } from "/commands.js";
import { openForm, part, textField } from "/forms.js";
import { el, isPrivate, messageView } from "/show.js";

const asked = new URLSearchParams(location.search);
const $ = (id) => document.getElementById(id);
const info = await (await fetch("/sandbox/info")).json();
let person = info.people[asked.get("as")] ? asked.get("as") : "alice";
let channel = asked.get("channel");
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
  const found = (await api("GET", `/guilds/${info.guild_id}/channels`)) ?? [];
  const threads = (await api("GET", `/guilds/${info.guild_id}/threads/active`))?.threads ?? [];
  all = [...found, ...threads];
  all.sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  all.forEach((c) => names.set(c.id, c.name));
  const within = (id) => threads.filter((t) => t.parent_id === id).map((t) => channelButton(t, "thread"));
  const texts = (parent) => found.filter((c) => c.type === 0 && c.parent_id === parent).flatMap((c) => [channelButton(c), ...within(c.id)]);
  const groups = all.filter((c) => c.type === 4).flatMap((c) => [el("h2", { textContent: c.name }), ...texts(c.id)]);
  $("channels").replaceChildren(...texts(null), ...groups);
  if (!all.some((c) => c.id === channel)) channel = null;
  drawHead(all.find((c) => c.id === channel));
}

function channelButton(c, kind = "") {
  const button = el("button", { className: kind, title: c.topic ?? "" }, el("span", { className: "sign", textContent: kind ? "↳" : "#" }), c.name);
  button.setAttribute("aria-current", c.id === channel);
  button.onclick = () => open(c.id);
  return button;
}

function open(id) {
  channel = id;
  shown = [];
  $("note").textContent = "";
  refresh();
}

function drawHead(there) {
  $("channel").hidden = !there;
  if (!there || document.activeElement === $("move")) return;
  $("name").textContent = there.name;
  $("topic").textContent = there.topic ?? "";
  $("moving").hidden = !there.parent_id || there.type !== 0;
  $("move").replaceChildren(...all.filter((c) => c.type === 4).map((c) => el("option", { textContent: c.name, value: c.id })));
  $("move").value = there.parent_id ?? "";
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
  if (main.contains(document.activeElement) && document.activeElement.tagName === "SELECT") return;
  main.replaceChildren(...sorted.map((m, n) => viewOf(m, sorted[n - 1])));
  main.dataset.channel = channel;
  if (atEnd) main.scrollTop = main.scrollHeight;
}

function viewOf(m, before) {
  const you = info.people[person];
  const pings = m.mentions?.some((it) => it.id === you.id) || m.mention_roles?.some((it) => you.roles.includes(it)) || m.mention_everyone;
  const view = messageView({ ...m, mentions_you: pings }, before, names, { use: used, open, people: info.people });
  if (m.author.id === you.id && m.type === 0) view.append(ownView(m));
  return view;
}

function used(m, c, data) {
  return use(3, data, m.id);
}

function ownView(m) {
  const edit = el("button", { textContent: "Edit" });
  const remove = el("button", { textContent: "Delete" });
  const path = `/channels/${m.channel_id}/messages/${m.id}`;
  const field = () => textField({ label: "", rows: 4, value: m.content });
  edit.onclick = () => openForm($("modal"), { title: "Edit your message", parts: [field()], button: "Save" },
    ([content]) => api("PATCH", path, { content }));
  remove.onclick = () => api("DELETE", path);
  return el("span", { className: "own" }, edit, remove);
}

async function use(type, data, message_id) {
  const body = { type, application_id: info.application_id, guild_id: info.guild_id, channel_id: channel, data };
  const told = await api("POST", "/interactions?wait=5", message_id ? { ...body, message_id } : body);
  if (told === null) return false;
  if (!told.acknowledged) $("note").textContent = "The bot did not answer.";
  if (told.modal) openModal(told.modal);
  shown.push(...[told.response, ...told.followups].filter((m) => m && isPrivate(m)));
  refresh();
  return true;
}

function openModal(modal) {
  const parts = modal.components.map((c) => part(c, names, info.people));
  openForm($("modal"), { title: modal.title, parts, button: "Submit" }, (values) => {
    use(5, { custom_id: modal.custom_id, components: values.filter((it) => it !== undefined) });
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
  $("chosen").textContent = count ? `${count} file${count > 1 ? "s" : ""}` : "+";
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
function wear(theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("theme", theme);
  $("theme").textContent = theme === "dark" ? "☀ Light" : "☾ Dark";
}
const liked = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
wear(asked.get("theme") ?? localStorage.getItem("theme") ?? liked);
$("theme").onclick = () => wear(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
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
