import { Emitter, newKey } from "./basics.js";
import { Conversation } from "./conversation.js";
import { Live } from "./live.js";
import { browserStorage, Outbox } from "./outbox.js";
import { Rest, Tokens } from "./rest.js";
/** @import { AnswerOf, Attachment, Entry, Events, ItemOf, Message, Method, NewMessage, NewTicket, Options, OptionsOf, PathOf, RequestOptions, Storage, Ticket, TicketChanges } from "./types.js" */

/** Seconds for which one file may be on its way. */
const UPLOAD_TIMEOUT = 600;

/**
 * A client of one Guildesk, for one user.
 *
 * Emits what sockets tell, as `message`, and the rest of `Events`.
 * @extends {Emitter<Events>}
 */
export class Guildesk extends Emitter {
  #tokens;
  #options;
  /** @type {Promise<Storage | undefined> | undefined} */
  #kept;
  #online = () => void this.outbox.restore();

  /** @param {Options} options */
  constructor(options) {
    super();
    const url = options.url.replace(/\/+$/, "");
    this.#options = { ...options, url };
    this.#tokens = new Tokens(options.token);
    this.rest = new Rest(url, this.#tokens, options);
    this.outbox = new Outbox(() => this.#storage(), (entry) => this.#deliver(entry), this);
    this.live = new Live(this.#options, this.#tokens, this);
    this.on("ready", this.#online);
    globalThis.addEventListener?.("online", this.#online);
  }

  // ---- live

  /** Begin to listen, and send what an earlier page left unsent. */
  connect() {
    this.live.connect();
    void this.outbox.restore();
    return this;
  }

  /** Hear and send nothing more. */
  close() {
    globalThis.removeEventListener?.("online", this.#online);
    this.live.disconnect();
    this.outbox.stop();
  }

  /** Whether events are heard as they happen. */
  get ready() {
    return this.live.ready;
  }

  /** Whether it was made to listen. */
  get listens() {
    return this.#options.io !== undefined;
  }

  /** What the token says, without any check. */
  get claims() {
    return this.#tokens.claims;
  }

  /** A ticket that keeps itself as it is now; `await` its `open()`. @param {string} ticket */
  conversation(ticket) {
    return new Conversation(this, ticket);
  }

  // ---- sent now or later, once, in order

  /**
   * Keep a message, and send it as soon as that is possible. `done` is the stored Message.
   * @param {string} ticket
   * @param {NewMessage} message
   * @param {Blob[]} [files]
   * @returns {Promise<{entry: Entry, done: Promise<Message>}>}
   */
  send(ticket, message, files) {
    return this.outbox.add(`/tickets/${encodeURIComponent(ticket)}/messages`, message, { ticket_id: ticket, files });
  }

  /**
   * The same with a new ticket. `done` is the stored Ticket.
   * @param {NewTicket} ticket
   * @param {Blob[]} [files]
   * @returns {Promise<{entry: Entry, done: Promise<Ticket>}>}
   */
  sendTicket(ticket, files) {
    return this.outbox.add("/tickets", ticket, { files });
  }

  // ---- asked now

  /**
   * Any request of the API, in the types of its document. Raises GuildeskError.
   * @template {Method} M
   * @template {PathOf<M>} P
   * @param {M} method
   * @param {P} path below /api/v1, as the document writes it
   * @param {OptionsOf<M, P>} [options]
   * @returns {Promise<AnswerOf<M, P>>}
   */
  async request(method, path, options) {
    const found = await this.rest.ask(method, path, /** @type {RequestOptions} */ (options ?? {}));
    return found.data;
  }

  /**
   * All things of a list, page by page: `for await (const ticket of desk.all("/tickets"))`.
   * @template {PathOf<"GET">} P
   * @param {P} path
   * @param {OptionsOf<"GET", P>} [options]
   * @returns {AsyncGenerator<ItemOf<P>, void, void>}
   */
  async *all(path, options) {
    const given = /** @type {RequestOptions} */ (options ?? {});
    for await (const page of this.rest.pages(path, { ...given, query: { limit: 100, ...given.query } })) yield* page;
  }

  /** @param {NewTicket} ticket */
  openTicket(ticket) {
    return this.request("POST", "/tickets", { json: ticket });
  }

  /** @param {OptionsOf<"GET", "/tickets">["query"]} [query] */
  tickets(query) {
    return this.request("GET", "/tickets", { query });
  }

  /** @param {string} ticket_id */
  ticket(ticket_id) {
    return this.request("GET", "/tickets/{ticket_id}", { path: { ticket_id } });
  }

  /**
   * Change topic or description; staff also the rest.
   * @param {string} ticket_id
   * @param {TicketChanges} json
   */
  change(ticket_id, json) {
    return this.request("PATCH", "/tickets/{ticket_id}", { path: { ticket_id }, json });
  }

  /**
   * @param {string} ticket_id
   * @param {"RESOLVED" | "UNRESOLVED" | "CANCELED"} status
   * @param {string} [reason]
   */
  closeTicket(ticket_id, status, reason) {
    return this.change(ticket_id, { status, ...(reason && { reason }) });
  }

  /** @param {string} ticket_id */
  reopen(ticket_id) {
    return this.change(ticket_id, { status: "OPEN" });
  }

  /** @param {string} ticket_id @param {boolean} accept */
  answerAskClose(ticket_id, accept) {
    return this.request("POST", "/tickets/{ticket_id}/ask-close/answer", { path: { ticket_id }, json: { accept } });
  }

  /** @param {string} ticket_id @param {{rating: number, comment?: string}} json */
  rate(ticket_id, json) {
    return this.request("POST", "/tickets/{ticket_id}/feedback", { path: { ticket_id }, json });
  }

  /**
   * Oldest first.
   * @param {string} ticket_id
   * @param {OptionsOf<"GET", "/tickets/{ticket_id}/messages">["query"]} [query]
   */
  messages(ticket_id, query) {
    return this.request("GET", "/tickets/{ticket_id}/messages", { path: { ticket_id }, query });
  }

  /**
   * Post now, and raise if that is not possible; `send` waits instead.
   * @param {string} ticket_id
   * @param {NewMessage} json
   */
  post(ticket_id, json) {
    return this.request("POST", "/tickets/{ticket_id}/messages", { path: { ticket_id }, json });
  }

  /** @param {string} ticket_id @param {string} message_id @param {string} content */
  edit(ticket_id, message_id, content) {
    const path = { ticket_id, message_id };
    return this.request("PATCH", "/tickets/{ticket_id}/messages/{message_id}", { path, json: { content } });
  }

  /** @param {string} ticket_id @param {string} message_id */
  remove(ticket_id, message_id) {
    return this.request("DELETE", "/tickets/{ticket_id}/messages/{message_id}", { path: { ticket_id, message_id } });
  }

  forms() {
    return this.request("GET", "/forms");
  }

  /**
   * The record of the ticket, as a file.
   * @param {string} ticket_id
   * @param {"html" | "json" | "txt" | "md"} [format]
   * @returns {Promise<Blob>}
   */
  async transcript(ticket_id, format = "html") {
    const options = { path: { ticket_id }, query: { format }, as: /** @type {const} */ ("blob") };
    return (await this.rest.ask("GET", "/tickets/{ticket_id}/transcript", options)).data;
  }

  /**
   * Upload a file; give the id to `post` or `openTicket` then. `onProgress` hears how much of it is there, 0 to 1.
   * @param {Blob} file
   * @param {{name?: string, key?: string, onProgress?: (part: number) => void, signal?: AbortSignal}} [options]
   * @returns {Promise<Attachment>}
   */
  async upload(file, { name, key = newKey(), onProgress, signal } = {}) {
    const form = formOf(file, name ?? ("name" in file ? String(file.name) : "file"), key);
    const headers = { "Content-Type": form.type };
    const more = { headers, body: form.body, key, onProgress, signal, timeout: UPLOAD_TIMEOUT };
    return (await this.rest.ask("POST", "/attachments", more)).data;
  }

  async #deliver(entry) {
    for (let i = entry.uploads.length; i < entry.files.length; i++) {
      const onProgress = (/** @type {number} */ part) => this.emit("progress", { entry, file: i, part });
      entry.uploads.push((await this.upload(entry.files[i], { key: `${entry.key}-${i}`, onProgress })).id);
    }
    const attachments = [...(entry.json.attachments ?? []), ...entry.uploads];
    const json = attachments.length ? { ...entry.json, attachments } : entry.json;
    return (await this.rest.ask("POST", entry.path, { json, key: entry.key, tries: 1 })).data;
  }

  /** Of this user's only; in memory as long as nobody can say who that is. */
  async #storage() {
    const { storage, url } = this.#options;
    if (storage !== undefined) return storage || undefined;
    if (!globalThis.indexedDB) return undefined;
    if (!this.claims.id) await this.#tokens.get().catch(() => undefined);
    const { id, iss } = this.claims;
    if (!id) return undefined;
    this.#kept ??= browserStorage(JSON.stringify([url, iss ?? null, id]));
    return this.#kept;
  }
}

/** A form with one file, as bytes that are the same at every try: a repeat key goes with the same body only. */
function formOf(file, name, key) {
  const boundary = `guildesk-${key.replace(/[^A-Za-z0-9]/g, "").slice(0, 50)}`;
  const quoted = name.replace(/[\r\n"]/g, (it) => ({ "\r": "%0D", "\n": "%0A" })[it] ?? "%22") || "file";
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted}"\r\n` +
    `Content-Type: ${file.type || "application/octet-stream"}\r\n\r\n`;
  return { body: new Blob([head, file, `\r\n--${boundary}--\r\n`]), type: `multipart/form-data; boundary=${boundary}` };
}
