// Who the user is, their tickets, and how much of them is unread.
import { Guildesk, GuildeskError } from "../client/index.js";
import { Emitter } from "../client/basics.js";
import { io } from "../socket.io.esm.min.js";
import * as guest from "./guest.js";
import * as host from "./host.js";

const { root, guests } = document.body.dataset;
export const url = location.origin + root;

/** Whom events are heard of that change a ticket of the list. */
const OF_TICKETS = /^(ticket_|ask_close|close_declined|closing_planned)/;

/** Emits `change`; `desk` is null as long as nobody is signed in and no guest has asked anything. */
class Session extends Emitter {
  desk = null;
  isGuest = false;
  /** Newest first. @type {Map<string, object>} */
  tickets = new Map();
  isConnected = true;
  /** Why the tickets could not be read, or null. */
  fault = null;
  /** Whether the user may read, and nothing else. */
  isBlocked = false;
  /** The ticket that the user sees now. */
  shown = null;
  /** How often it was asked who it is: only the last answer counts, whichever comes last. */
  #asked = 0;

  /** Whether somebody may ask here at all. */
  get mayAsk() {
    return this.desk !== null || guests === "on";
  }

  get unread() {
    return [...this.tickets.values()].reduce((sum, it) => sum + it.unread.requester, 0);
  }

  /** Find out who it is; `knows` says that the page can tell. */
  async begin(knows) {
    this.#end();
    const asked = ++this.#asked;
    const first = knows ? await host.token({ refused: false }).catch(() => undefined) : null;
    if (asked !== this.#asked) return;
    if (first !== null) {
      this.#connect(this.#userSource(first), false);
      if (guest.isKnown()) await guest.claim(url, this.desk).catch((fault) => console.warn("Guildesk:", fault.message));
    } else if (guest.isKnown()) {
      this.#connect((why) => this.#guestToken(why), true);
    }
    await this.load();
  }

  /** Somebody nobody knows sends something: they are a guest from now on. */
  async come(name) {
    if (this.desk) return;
    await guest.come(url, name);
    if (this.desk) return; // they signed in meanwhile
    this.#connect((why) => this.#guestToken(why), true);
  }

  /** Read the tickets, newest first. */
  async load() {
    this.fault = null;
    const { desk } = this;
    if (desk) {
      try {
        const tickets = await desk.tickets({ sort: "-updated_at", limit: 30 });
        if (desk !== this.desk) return;
        this.tickets = new Map(tickets.map((it) => [it.id, it]));
      } catch (fault) {
        if (desk !== this.desk) return;
        this.fault = fault;
      }
    }
    this.#changed();
  }

  /** A ticket is new, or not as it was. */
  keep(ticket) {
    const old = this.tickets.get(ticket.id);
    if (this.shown === ticket.id) ticket = { ...ticket, unread: { ...ticket.unread, requester: 0 } };
    else if (old) ticket = { ...ticket, unread: old.unread };
    this.tickets = new Map([[ticket.id, ticket], ...[...this.tickets].filter(([id]) => id !== ticket.id)]);
    this.#changed();
  }

  /** The user sees this ticket now, or none. */
  show(id) {
    this.shown = id;
    const ticket = this.tickets.get(id);
    if (ticket?.unread.requester) {
      this.tickets.set(id, { ...ticket, unread: { ...ticket.unread, requester: 0 } });
      this.#changed();
    }
  }

  /** A token that says who the guest is, for a page of ours on which they register. */
  guestToken() {
    return this.#guestToken({ refused: true });
  }

  async #guestToken(why) {
    try {
      return await guest.token(url, why);
    } catch (fault) {
      if (fault.status === 401) queueMicrotask(() => void this.begin(false)); // the guest's time is over
      throw fault;
    }
  }

  /** Tokens of the page's; `first` is the one that it has given already. */
  #userSource(first) {
    return async ({ refused }) => {
      const token = first && !refused ? first : await host.token({ refused });
      first = undefined;
      if (token) return token;
      host.tell({ type: "event", name: "signedout" });
      throw new GuildeskError(401, { message: "nobody is signed in", code: "signed_out" });
    };
  }

  #connect(token, isGuest) {
    const desk = new Guildesk({ url, token, io });
    this.desk = desk;
    this.isGuest = isGuest;
    desk.on("event", ({ event, payload }) => this.desk === desk && this.#hear(event, payload));
    desk.on("ready", ({ blocked, resumed }) => {
      this.isConnected = true;
      this.isBlocked = blocked;
      if (!resumed) void this.load();
      else this.#changed();
    });
    desk.on("blocked", ({ blocked }) => {
      this.isBlocked = blocked;
      this.#changed();
    });
    for (const name of ["lost", "unreachable"]) desk.on(name, () => this.#away());
    desk.connect();
  }

  #end() {
    this.desk?.close();
    this.desk = null;
    this.isGuest = false;
    this.isConnected = true;
    this.isBlocked = false;
    this.tickets = new Map();
    this.emit("end");
  }

  #away() {
    if (!this.isConnected) return;
    this.isConnected = false;
    this.#changed();
  }

  #hear(event, payload) {
    if (OF_TICKETS.test(event)) {
      this.keep(payload);
      host.tell({ type: "event", name: "ticket", detail: { id: payload.id, number: payload.number, status: payload.status } });
    } else if (event === "message") {
      const ticket = this.tickets.get(payload.ticket_id);
      if (!ticket) return void this.load();
      const fromStaff = payload.author_type !== "REQUESTER";
      const requester = fromStaff && this.shown !== ticket.id ? ticket.unread.requester + 1 : ticket.unread.requester;
      const status = payload.author_type === "STAFF" ? "PENDING" : fromStaff ? ticket.status : "OPEN";
      this.tickets.delete(ticket.id);
      this.tickets = new Map([
        [ticket.id, { ...ticket, status, updated_at: payload.created_at, unread: { ...ticket.unread, requester } }],
        ...this.tickets,
      ]);
      if (fromStaff) host.tell({ type: "event", name: "message", detail: { ticket_id: ticket.id, number: ticket.number } });
      this.#changed();
    }
  }

  #changed() {
    host.tell({ type: "unread", count: this.unread });
    this.emit("change");
  }
}

export const session = new Session();
