// A customer's page: the REST API to open and post, the sockets to hear what staff does.
import { io } from "./socket.io.esm.min.js";

const { api, token } = await (await fetch("config.json")).json();
const $ = (id) => document.getElementById(id);
let current = null;
const messages = new Map();

async function call(method, path, body) {
  const answer = await fetch(`${api}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const result = await answer.json();
  $("problem").textContent = answer.ok ? "" : `${result.error}: ${result.message}`;
  if (!answer.ok) throw new Error(result.error);
  return result;
}

async function showTickets() {
  const tickets = await call("GET", "/tickets");
  $("tickets").replaceChildren(...tickets.map((ticket) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `#${ticket.number} ${ticket.topic} – ${ticket.status}`;
    button.onclick = () => choose(ticket);
    item.append(button);
    return item;
  }));
}

async function choose(ticket) {
  current = ticket;
  $("chat").hidden = false;
  $("title").textContent = `#${ticket.number} ${ticket.topic}`;
  $("about").textContent = `${ticket.status} · ${ticket.issue_level} · ${ticket.description}`;
  $("post").hidden = ["RESOLVED", "UNRESOLVED", "CANCELED"].includes(ticket.status);
  messages.clear();
  for (const message of await call("GET", `/tickets/${ticket.id}/messages`)) messages.set(message.id, message);
  showMessages();
}

function showMessages() {
  const sorted = [...messages.values()].sort((a, b) => a.seq - b.seq);
  $("messages").replaceChildren(...sorted.map((message) => {
    const item = document.createElement("li");
    const about = document.createElement("small");
    item.className = message.author_type === "REQUESTER" ? "mine" : "";
    about.textContent = `${message.author_name}${message.edited ? " (edited)" : ""}`;
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
    showMessages();
  }
}

$("open").onsubmit = async (event) => {
  event.preventDefault();
  const ticket = await call("POST", "/tickets", Object.fromEntries(new FormData(event.target)));
  event.target.reset();
  await showTickets();
  await choose(ticket);
};

$("post").onsubmit = async (event) => {
  event.preventDefault();
  const body = Object.fromEntries(new FormData(event.target));
  heard(await call("POST", `/tickets/${current.id}/messages`, body));
  event.target.reset();
};

const socket = io(api, { query: { token } });
socket.on("connect", () => socket.emit("authorize", { token }));
socket.on("authorized", async () => {
  $("state").textContent = "live";
  if (current) await choose(current);
});
socket.on("disconnect", () => { $("state").textContent = "connection lost, coming back …"; });
socket.on("error", ({ message }) => { $("problem").textContent = message; });
for (const event of ["message", "edit_message", "delete_message"]) socket.on(event, heard);
for (const event of ["ticket_closed", "ticket_updated", "ticket_reopened"]) {
  socket.on(event, async (ticket) => {
    await showTickets();
    if (current && ticket.id === current.id) await choose(ticket);
  });
}
await showTickets();
