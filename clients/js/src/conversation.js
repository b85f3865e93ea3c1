import { Emitter } from "./basics.js";
/** @import { Message, Ticket } from "./types.js" */
/** @import { Guildesk } from "./guildesk.js" */

/** Milliseconds for which a sign of typing is shown. */
const TYPING_SHOWN = 10_000;
/** Milliseconds to wait for the socket before reading: what is read then needs no second look. */
const PATIENCE = 2_000;

/**
 * One ticket as it is now, kept so: its messages in order, what is on its way, and who types. Emits `change`.
 *
 * Made by `Guildesk.conversation`; `close` it when it is no longer shown.
 * @extends {Emitter<{change: void}>}
 */
export class Conversation extends Emitter {
  /** @type {Ticket | null} */
  ticket = null;
  /** The name of whoever of staff types now. @type {string | null} */
  typing = null;
  /** @type {Map<string, Message>} */
  #messages = new Map();
  /** Own messages that were told or read before their request was answered. @type {Message[]} */
  #held = [];
  /** @type {(() => void)[]} */
  #listeners = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #desk;

  /** @param {Guildesk} desk @param {string} id */
  constructor(desk, id) {
    super();
    this.#desk = desk;
    this.id = id;
  }

  /** Oldest first. @returns {Message[]} */
  get messages() {
    return [...this.#messages.values()].sort((a, b) => a.seq - b.seq);
  }

  /** What is on its way or was refused, oldest first: the entries of the outbox for this ticket. */
  get pending() {
    return this.#desk.outbox.entries.filter((it) => it.ticket_id === this.id);
  }

  /** Read all, and keep it as it is. Raises GuildeskError if it cannot be read. */
  async open() {
    const desk = this.#desk;
    let loaded = false;
    this.#listeners = [
      desk.on("event", ({ event, payload }) => this.#hear(event, payload)),
      desk.on("outbox", () => this.#settle()),
      desk.on("sent", ({ entry, answer }) => entry.ticket_id === this.id && this.#keep(answer)),
      desk.on("ready", ({ resumed }) => loaded && !resumed && void this.reload().catch(() => undefined)),
    ];
    if (desk.listens && !desk.ready) await this.#ready();
    await this.reload();
    loaded = true;
    return this;
  }

  /** Read everything once more. */
  async reload() {
    const [ticket, messages] = await Promise.all([this.#desk.ticket(this.id), this.#desk.messages(this.id)]);
    this.id = ticket.id;
    this.#newer(ticket);
    for (const message of messages) {
      if (this.#isPending(message)) this.#held.push(message);
      else this.#keep(message, false);
    }
    this.emit("change");
  }

  /**
   * Send a message; it is shown among `pending` until it is stored.
   * @param {string} content
   * @param {{files?: Blob[], reply_to?: string}} [more]
   */
  send(content, { files, reply_to } = {}) {
    return this.#desk.send(this.id, { content, ...(reply_to && { reply_to }) }, files);
  }

  /** The user writes; call it at every key. */
  types() {
    this.#desk.live.typing(this.id);
  }

  /** The user has seen all that is here. */
  seen() {
    const newest = this.messages.at(-1);
    if (newest && newest.seq > (this.ticket?.read.requester_seq ?? 0)) {
      if (this.ticket) this.ticket.read.requester_seq = newest.seq;
      this.#desk.live.read(this.id, newest.id);
    }
  }

  close() {
    clearTimeout(this.#timer);
    for (const end of this.#listeners) end();
    this.#listeners = [];
  }

  #ready() {
    return new Promise((resolve) => {
      const end = this.#desk.on("ready", done);
      const timer = setTimeout(done, PATIENCE);
      function done() {
        end();
        clearTimeout(timer);
        resolve(undefined);
      }
    });
  }

  #hear(event, payload) {
    if ((payload.ticket_id ?? payload.id) !== this.id) return;
    if (event === "typing") return this.#types(payload.author_name);
    if (event === "read") return this.#read(payload.message_id);
    if ("author_type" in payload) {
      if (payload.author_type === "STAFF") this.#types(null);
      const ours = event === "message" && payload.author_type === "REQUESTER" && this.#mayBePending();
      if (ours) this.#held.push(payload);
      else this.#keep(payload);
      if (event === "message" && this.ticket) this.#turn(payload);
    } else if ("topic" in payload) {
      this.#newer(payload);
      this.emit("change");
    }
  }

  /** Whether what the socket tells may be what is still shown as pending: sent, perhaps kept, and not answered. */
  #mayBePending() {
    return this.pending.some((it) => it.state !== "failed" && it.sent_at !== null);
  }

  /** Whether what was read says what is still shown as pending. */
  #isPending({ id, author_type, content }) {
    if (author_type !== "REQUESTER" || this.#messages.has(id) || !this.#mayBePending()) return false;
    return this.pending.some((it) => it.sent_at !== null && (it.json.content ?? "").trim() === content.trim());
  }

  #settle() {
    if (!this.#mayBePending()) {
      // what was edited meanwhile is here already
      for (const it of this.#held.splice(0)) if (!this.#messages.has(it.id)) this.#keep(it, false);
    }
    this.emit("change");
  }

  /** Whose turn it is follows from who spoke last; no event tells it. */
  #turn({ author_type }) {
    const ticket = /** @type {Ticket} */ (this.ticket);
    if (author_type === "SYSTEM") return;
    ticket.close_asked_at = ticket.closes_at = null;
    if (ticket.status === "OPEN" || ticket.status === "PENDING") {
      ticket.status = author_type === "STAFF" ? "PENDING" : "OPEN";
    }
    this.emit("change");
  }

  #read(message_id) {
    const seq = this.#messages.get(message_id)?.seq ?? 0;
    if (this.ticket && seq > this.ticket.read.staff_seq) {
      this.ticket.read.staff_seq = seq;
      this.emit("change");
    }
  }

  #types(name) {
    clearTimeout(this.#timer);
    if (name) this.#timer = setTimeout(() => this.#types(null), TYPING_SHOWN);
    if (this.typing === name) return;
    this.typing = name;
    this.emit("change");
  }

  #newer(ticket) {
    const old = this.ticket;
    if (!old || ticket.updated_at >= old.updated_at) this.ticket = ticket;
  }

  /** What was deleted stays so, and what is older does not replace what is newer. */
  #keep(message, tell = true) {
    const old = this.#messages.get(message.id);
    if (old && (old.deleted || old.updated_at > message.updated_at) && !message.deleted) return;
    this.#messages.set(message.id, message);
    if (tell) this.emit("change");
  }
}
