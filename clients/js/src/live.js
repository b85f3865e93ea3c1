import { backoff, GuildeskError } from "./basics.js";
/** @import { Io, Socket } from "./types.js" */
/** @import { Tokens } from "./rest.js" */
/** @import { Emitter } from "./basics.js" */

/** What is told beside the feed; its position may be older than that of the event before it. */
const PASSING = ["typing", "read", "notification", "blocked"];

/** Seconds between two signs that the user types on one ticket; the server passes on no more. */
const TYPING_PACE = 8;

/** A WebSocket stays with one process where several serve one address; long-polling is for where none gets through. */
const TRANSPORTS = ["websocket", "polling"];

/**
 * The socket. It comes back by itself and goes on behind the last event that was heard, without a gap and without a
 * duplicate. Where the server does not know that place any more, it begins anew and says so.
 */
export class Live {
  /** @type {Socket | undefined} */
  #socket;
  /** @type {string | undefined} */
  #last;
  #resumed = true;
  #authorized = false;
  #tried = 0;
  #unanswered = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #renewal;
  /** @type {Set<string>} */
  #watched = new Set();
  /** @type {Map<string, number>} */
  #typed = new Map();
  /** @type {Map<string, string>} */
  #unread = new Map();
  #options;
  #tokens;
  #emitter;

  /**
   * @param {{url: string, io?: Io, echo?: boolean, watch?: string | string[], lastEventId?: string, socket?: object}} options
   * @param {Tokens} tokens
   * @param {Emitter<any>} emitter
   */
  constructor(options, tokens, emitter) {
    this.#options = options;
    this.#tokens = tokens;
    this.#emitter = emitter;
    this.#last = options.lastEventId;
    for (const ticket of [options.watch ?? []].flat()) this.#watched.add(ticket);
  }

  /** Whether events are heard as they happen. */
  get ready() {
    return this.#authorized;
  }

  /** Where in the feed we are. Give it as `lastEventId` to a client that is to go on from here. */
  get position() {
    return this.#last;
  }

  connect() {
    if (this.#socket) return void this.#socket.connect();
    const { io, url, socket: more } = this.#options;
    if (!io) throw new TypeError("give `io` of socket.io-client to listen");
    const delays = { reconnectionDelay: 500, reconnectionDelayMax: 10_000, forceNew: true };
    const ways = { transports: [...TRANSPORTS], tryAllTransports: true };
    const { origin, pathname } = new URL(url); // a path in the address would be a namespace to socket.io
    const path = `${pathname.replace(/\/$/, "")}/socket.io`;
    const socket = io(origin, { path, ...delays, ...ways, ...more, auth: (/** @type {(said: object) => void} */ send) => void this.#handshake(send) });
    this.#socket = socket;
    // where something swallows WebSockets, none is refused: the try after one that had no answer begins with the other
    socket.io.on("reconnect_attempt", () => {
      if (this.#unanswered !== (ways.transports[0] === "polling")) ways.transports.reverse();
      this.#unanswered = false;
    });
    socket.on("disconnect", (reason) => this.#lost(reason));
    socket.on("connect_error", (error) => {
      this.#unanswered = error.message === "timeout";
      this.#emitter.emit("unreachable", error);
      if (!socket.active) this.#connectIn(5);
    });
    socket.onAny((name, payload) => this.#hear(name, payload ?? {}));
    globalThis.addEventListener?.("online", this.#wake);
  }

  /** Hear nothing more; `connect` goes on from here. */
  disconnect() {
    globalThis.removeEventListener?.("online", this.#wake);
    clearTimeout(this.#timer);
    clearTimeout(this.#renewal);
    this.#socket?.disconnect();
    this.#socket = undefined;
    this.#authorized = false;
  }

  /**
   * Staff: hear of a ticket too, or of all; also after the connection was lost.
   * @param {string} ticket an id or a number, or "all"
   */
  watch(ticket) {
    this.#watched.add(ticket);
    if (this.#authorized) this.#socket?.emit("watch", { ticket_id: ticket });
  }

  /** @param {string} ticket */
  unwatch(ticket) {
    if (ticket === "all") this.#watched.clear();
    else this.#watched.delete(ticket);
    if (this.#authorized) this.#socket?.emit("unwatch", { ticket_id: ticket });
  }

  /**
   * The user writes. Call it at every key: what comes too often is not sent.
   * @param {string} ticket
   */
  typing(ticket) {
    const now = Date.now();
    if (!this.#authorized || now - (this.#typed.get(ticket) ?? 0) < TYPING_PACE * 1000) return;
    this.#typed.set(ticket, now);
    this.#socket?.emit("typing", { ticket_id: ticket });
  }

  /**
   * The user has seen the ticket up to this message. Without a connection it is said later.
   * @param {string} ticket
   * @param {string} message
   */
  read(ticket, message) {
    this.#unread.set(ticket, message);
    if (this.#authorized) this.#tellRead();
  }

  #tellRead() {
    for (const [ticket, message] of this.#unread) {
      this.#socket?.emit("read", { ticket_id: ticket, message_id: message }, () => {
        if (this.#unread.get(ticket) === message) this.#unread.delete(ticket);
      });
    }
  }

  #wake = () => {
    if (this.#socket && !this.#socket.connected) this.#socket.disconnect().connect();
  };

  #said(token) {
    const watch = this.#watched.has("all") ? "all" : [...this.#watched];
    return {
      token,
      ...(this.#last !== undefined && { last_event_id: this.#last }),
      ...(this.#options.echo !== false && { echo: true }),
      ...(watch.length > 0 && { watch }),
    };
  }

  async #handshake(send) {
    try {
      send(this.#said(await this.#tokens.get()));
    } catch (cause) {
      send({}); // connects without a token, is refused, and so asks again
      this.#noToken(cause);
    }
  }

  #noToken(cause) {
    const message = `there is no token: ${cause instanceof Error ? cause.message : cause}`;
    this.#emitter.emit("error", new GuildeskError(0, { message, code: "no_token" }, { cause }));
    this.#authorizeIn(backoff(this.#tried++, 20));
  }

  #authorizeIn(seconds, anew = false) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#authorize(anew), seconds * 1000);
  }

  async #authorize(anew) {
    const socket = this.#socket;
    try {
      const old = await this.#tokens.get();
      const token = anew ? await this.#tokens.get(old) : old;
      if (socket?.connected && !this.#authorized) socket.emit("authorize", this.#said(token));
    } catch (cause) {
      this.#noToken(cause);
    }
  }

  #hear(name, payload) {
    if (name === "error") return this.#refused(payload);
    if (name === "authorized") return this.#begin(payload);
    this.#emitter.emit(name, payload);
    this.#emitter.emit("event", { event: name, payload });
    if (PASSING.includes(name)) this.#last ??= payload.event_id;
    else if (payload.event_id !== undefined) this.#last = payload.event_id;
  }

  #begin(payload) {
    const resumed = this.#resumed && this.#last !== undefined;
    const begins = !this.#authorized;
    this.#last ??= payload.event_id;
    this.#resumed = true;
    this.#authorized = true;
    this.#tried = 0;
    clearTimeout(this.#timer);
    this.#renewBefore();
    this.#tellRead();
    if (begins) this.#emitter.emit("ready", { user_id: payload.user_id, blocked: payload.blocked === true, resumed });
  }

  /** A newer token before this one ends, so that the connection need not end with it. */
  #renewBefore() {
    clearTimeout(this.#renewal);
    const wait = this.#tokens.renewIn;
    if (wait > 2 ** 31 - 1) return;
    this.#renewal = setTimeout(async () => {
      const token = await this.#tokens.get().catch(() => undefined); // else the server ends it, and we come back
      if (token && this.#authorized) this.#socket?.emit("authorize", { token });
    }, Math.max(wait + 100, 1000));
  }

  #refused(said) {
    const code = said.code ?? "";
    if (code === "position_unknown") {
      this.#last = undefined;
      this.#resumed = false;
      this.#authorized = false;
      return this.#authorizeIn(0);
    }
    if (this.#authorized) return this.#emitter.emit("error", new GuildeskError(0, said));
    if (code === "not_authorized") return;
    const first = this.#tried++ === 0;
    if (!first || !this.#tokens.renewable) this.#emitter.emit("error", new GuildeskError(0, said));
    const oursToRenew = /^(token|signature|key|claim|algorithm|issuer|service|role)/.test(code);
    this.#authorizeIn(first && oursToRenew ? 0 : backoff(this.#tried, 20), oursToRenew);
  }

  #lost(reason) {
    const was = this.#authorized;
    this.#authorized = false;
    clearTimeout(this.#timer);
    clearTimeout(this.#renewal);
    if (was) this.#emitter.emit("lost", { reason });
    // socket.io does not come back after this by itself
    if (reason === "io server disconnect") this.#connectIn(2);
  }

  #connectIn(seconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#socket?.connect(), seconds * 1000);
  }
}
