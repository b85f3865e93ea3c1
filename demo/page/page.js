// A customer's page: the REST API to open, post and close, the sockets to hear what staff does.
import { io } from "./socket.io.esm.min.js";

const CLOSED = ["RESOLVED", "UNRESOLVED", "CANCELED"];
const { api, token } = await (await fetch("config.json")).json();
const $ = (id) => document.getElementById(id);
let current = null;
const messages = new Map();

async function call(method, path, body) {
  const form = body instanceof FormData;
  const headers = { Authorization: `Bearer ${token}` };
  if (body && !form) headers["Content-Type"] = "application/json";
  const answer = await fetch(`${api}/api/v1${path}`, { method, headers, body: form ? body : body && JSON.stringify(body) });
  const result = await answer.json();
  $("problem").textContent = answer.ok ? "" : inWords(result);
  if (!answer.ok) throw new Error(result.error);
  return result;
}

function inWords({ message, errors = [] }) {
  return [message, ...errors.map((one) => `${one.location}: ${one.message}`)].join(" – ");
}

async function showTickets() {
  const tickets = await call("GET", "/tickets");
  $("tickets").replaceChildren(...tickets.map((ticket) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const status = document.createElement("small");
    status.textContent = ticket.status;
    button.append(`#${ticket.number} ${ticket.topic}`, status);
    button.setAttribute("aria-current", ticket.id === current?.id);
    button.onclick = () => choose(ticket);
    item.append(button);
    return item;
  }));
}

async function choose(ticket) {
  current = ticket;
  messages.clear();
  for (const message of await call("GET", `/tickets/${ticket.id}/messages`)) messages.set(message.id, message);
  await show(ticket);
}

/** The ticket as it is now, with the messages that are known: sockets tell of new ones. */
async function show(ticket) {
  current = ticket;
  $("none").hidden = true;
  $("chat").hidden = false;
  $("title").textContent = `#${ticket.number} ${ticket.topic}`;
  const reason = ticket.close_reason ? ` · ${ticket.close_reason}` : "";
  $("about").textContent = `${ticket.status}${reason} · ${ticket.issue_level}\n${ticket.description}`;
  const closed = CLOSED.includes(ticket.status);
  $("post").hidden = closed;
  $("reopen").hidden = !closed;
  $("asked").hidden = !ticket.close_asked_at;
  $("rate").hidden = !closed || ticket.feedback !== null;
  showMessages();
  await showTickets();
}

function showMessages() {
  const sorted = [...messages.values()].sort((a, b) => a.seq - b.seq);
  $("messages").replaceChildren(...sorted.map((message) => {
    const item = document.createElement("li");
    const about = document.createElement("small");
    item.classList.toggle("mine", message.author_type === "REQUESTER");
    item.classList.toggle("gone", message.deleted);
    const time = new Date(message.created_at * 1000).toLocaleTimeString();
    about.textContent = `${message.author_name} · ${time}${message.edited && !message.deleted ? " · edited" : ""}`;
    const answered = messages.get(message.reply_to);
    if (answered) {
      const quote = document.createElement("small");
      quote.textContent = `↪ ${answered.author_name}: ${answered.deleted ? "deleted" : answered.content.slice(0, 80)}`;
      item.append(quote);
    }
    item.append(about, message.deleted ? "deleted" : message.content);
    for (const url of message.attachments) {
      const link = document.createElement("a");
      link.href = url;
      link.textContent = ` ${decodeURIComponent(url.split("/").pop())} `;
      item.append(link);
    }
    return item;
  }));
  $("messages").scrollTop = $("messages").scrollHeight;
}

function heard(message) {
  if (current && message.ticket_id === current.id) {
    messages.set(message.id, message);
    $("asked").hidden = true;  // any message withdraws the question
    showMessages();
  }
}

async function uploaded(file) {
  const form = new FormData();
  form.append("file", file, file.name);
  return (await call("POST", "/attachments", form)).id;
}

$("open").onsubmit = async (event) => {
  event.preventDefault();
  const ticket = await call("POST", "/tickets", Object.fromEntries(new FormData(event.target)));
  event.target.reset();
  await choose(ticket);
};

$("post").onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target;
  const attachments = [];
  for (const file of $("files").files) attachments.push(await uploaded(file));
  heard(await call("POST", `/tickets/${current.id}/messages`, { content: form.elements.content.value, attachments }));
  form.reset();
};

for (const button of document.querySelectorAll("[data-status]")) {
  button.onclick = async () => show(await call("PATCH", `/tickets/${current.id}`, { status: button.dataset.status }));
}

for (const button of document.querySelectorAll("[data-accept]")) {
  const accept = button.dataset.accept === "true";
  button.onclick = async () => show(await call("POST", `/tickets/${current.id}/ask-close/answer`, { accept }));
}

$("rate").onsubmit = async (event) => {
  event.preventDefault();
  const { rating, comment } = event.target.elements;
  const given = comment.value.trim() ? { comment: comment.value } : {};
  await call("POST", `/tickets/${current.id}/feedback`, { rating: Number(rating.value), ...given });
  event.target.reset();
  await show(await call("GET", `/tickets/${current.id}`));
};

const socket = io(api, { query: { token } });
socket.on("connect", () => socket.emit("authorize", { token }));
socket.on("authorized", async () => {
  $("state").textContent = "live";
  if (current) await choose(await call("GET", `/tickets/${current.id}`));
});
socket.on("disconnect", () => { $("state").textContent = "connection lost, coming back …"; });
socket.on("error", ({ message }) => { $("problem").textContent = message; });
for (const event of ["message", "edit_message", "delete_message"]) socket.on(event, heard);
for (const event of ["ticket_closed", "ticket_updated", "ticket_reopened", "ask_close", "close_declined"]) {
  socket.on(event, async (ticket) => {
    if (current && ticket.id === current.id) await show(ticket);
    else await showTickets();
  });
}
await showTickets();
