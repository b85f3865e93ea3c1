import { backoff, GuildeskError, newKey, pause } from "./basics.js";
/** @import { Entry, Storage } from "./types.js" */
/** @import { Emitter } from "./basics.js" */

/** Milliseconds for which the server knows a repeat key, less an hour. */
const KEY_KNOWN = 23 * 3600 * 1000;
/** Why something gets no answer here. */
const DROPPED = {
  discarded: "This was discarded before it was sent.",
  done_elsewhere: "Another tab has sent or discarded this.",
};

/**
 * What the user has sent and the server has not acknowledged yet: kept where storage is there, sent in order, once.
 *
 * Each entry has a repeat key that it keeps, so however often it is sent, by whichever tab, it is done once.
 */
export class Outbox {
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Map<string, {resolve: (it: any) => void, reject: (it: unknown) => void}>} */
  #waiting = new Map();
  /** What storage has, as far as we know: what is gone from it was done by another tab. @type {Set<string>} */
  #kept = new Set();
  #working = false;
  #again = false;
  #stopped = false;
  #wake = new AbortController();
  #storage;
  #deliver;
  #emitter;

  /**
   * @param {() => Promise<Storage | undefined>} storage
   * @param {(entry: Entry) => Promise<any>} deliver
   * @param {Emitter<any>} emitter
   */
  constructor(storage, deliver, emitter) {
    this.#storage = storage;
    this.#deliver = deliver;
    this.#emitter = emitter;
  }

  /** What is on its way or was refused, oldest first. */
  get entries() {
    return this.#entries;
  }

  /** Read what an earlier page, or another tab, has left, and send it. */
  async restore() {
    const known = new Set(this.#entries.map((it) => it.key));
    const found = (await this.#load()).filter((it) => !known.has(it.key));
    for (const entry of found) {
      if (entry.state === "sending") entry.state = "queued";
      this.#kept.add(entry.key);
    }
    if (found.length) {
      this.#entries = [...found, ...this.#entries].sort((a, b) => a.queued_at - b.queued_at);
      this.#changed();
    }
    void this.flush();
  }

  /**
   * Keep something to send. Gives it once it is kept, and `done` with it: the answer, or why it is no.
   * @param {string} path
   * @param {Record<string, any>} json
   * @param {{ticket_id?: string, files?: Blob[]}} [about]
   * @returns {Promise<{entry: Entry, done: Promise<any>}>}
   */
  async add(path, json, about = {}) {
    /** @type {Entry} */
    const entry = {
      key: newKey(),
      path,
      json,
      ticket_id: about.ticket_id ?? null,
      files: about.files ?? [],
      uploads: [],
      queued_at: Math.max(Date.now(), (this.#entries.at(-1)?.queued_at ?? 0) + 1),
      sent_at: null,
      state: "queued",
      error: null,
    };
    this.#entries = [...this.#entries, entry];
    return this.#queued(entry);
  }

  /**
   * Send once more what was refused, as something new. Gives what `add` gives.
   * @param {string} key
   */
  async retry(key) {
    const entry = this.#entries.find((it) => it.key === key && it.state === "failed");
    if (!entry) return undefined;
    if (entry.error?.code === "upload_not_found") entry.uploads = [];
    Object.assign(entry, { key: newKey(), state: "queued", error: null, sent_at: null });
    return this.#queued(entry, key);
  }

  /**
   * Forget what was refused, or has not been sent yet.
   * @param {string} key
   */
  async discard(key) {
    if (this.#entries.some((it) => it.key === key && it.state !== "sending")) await this.#drop(key, "discarded");
  }

  /** Send at once what waits: the connection is back. */
  async flush() {
    this.#wake.abort();
    this.#wake = new AbortController();
    this.#again = true;
    if (this.#working || this.#stopped) return;
    this.#working = true;
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        await this.#sendAll();
      }
    } finally {
      this.#working = false;
    }
  }

  stop() {
    this.#stopped = true;
    this.#wake.abort();
  }

  async #queued(entry, instead = "") {
    const done = new Promise((resolve, reject) => this.#waiting.set(entry.key, { resolve, reject }));
    done.catch(() => undefined); // who is not interested need not listen
    this.#changed();
    await this.#keep(entry);
    if (instead) await this.#remove(instead);
    void this.flush();
    return { entry, done };
  }

  async #sendAll() {
    for (let tried = 0; !this.#stopped; ) {
      const entry = this.#entries.find((it) => it.state === "queued");
      if (!entry) return;
      const wake = this.#wake.signal;
      const failure = await alone(() => this.#send(entry));
      if (!failure) {
        tried = 0;
        continue;
      }
      this.#emitter.emit("waiting", failure);
      await pause(failure.retryAfter ?? backoff(tried++, 15), wake).catch(() => undefined);
    }
  }

  /** Gives the failure where the entry is to be sent again. */
  async #send(entry) {
    if (await this.#isDoneElsewhere(entry)) return void (await this.#drop(entry.key, "done_elsewhere"));
    if (entry.sent_at !== null && Date.now() - entry.sent_at > KEY_KNOWN) {
      const message = "It is not known whether this was sent: please look, and send it again if not.";
      return this.#fail(entry, new GuildeskError(0, { code: "outcome_unknown", message }));
    }
    entry.state = "sending";
    entry.sent_at ??= Date.now();
    await this.#keep(entry);
    this.#changed();
    try {
      const answer = await this.#deliver(entry);
      this.#entries = this.#entries.filter((it) => it !== entry); // it is shown as stored from here on
      this.#emitter.emit("sent", { entry, answer });
      this.#waiting.get(entry.key)?.resolve(answer);
      await this.#drop(entry.key);
    } catch (cause) {
      const failure = cause instanceof GuildeskError ? cause : new GuildeskError(0, { message: String(cause) });
      const passes = failure.passes || failure.status === 401;
      if (!passes) return this.#fail(entry, failure);
      entry.state = "queued";
      await this.#keep(entry);
      this.#changed();
      return failure;
    }
  }

  async #fail(entry, failure) {
    entry.state = "failed";
    entry.error = { code: failure.code, message: failure.message, status: failure.status };
    await this.#keep(entry);
    this.#waiting.get(entry.key)?.reject(failure);
    this.#emitter.emit("failed", { entry, error: failure });
    this.#changed();
  }

  /** Whoever waits for an answer hears why none comes. */
  async #drop(key, code = "") {
    this.#entries = this.#entries.filter((it) => it.key !== key);
    if (code) this.#waiting.get(key)?.reject(new GuildeskError(0, { code, message: DROPPED[code] }));
    this.#waiting.delete(key);
    this.#changed();
    await this.#remove(key);
  }

  async #isDoneElsewhere(entry) {
    return this.#kept.has(entry.key) && !(await this.#load([entry])).some((it) => it.key === entry.key);
  }

  async #load(otherwise = []) {
    try {
      return (await (await this.#storage())?.load()) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  async #keep(entry) {
    try {
      const storage = await this.#storage();
      await storage?.save(entry);
      if (storage) this.#kept.add(entry.key);
    } catch (fault) {
      this.#emitter.emit("not_kept", fault); // it is sent all the same, while this page lives
    }
  }

  async #remove(key) {
    this.#kept.delete(key);
    try {
      await (await this.#storage())?.remove(key);
    } catch {
      // it is sent once more at most, with the same key
    }
  }

  #changed() {
    this.#emitter.emit("outbox", this.#entries);
  }
}

/**
 * Of several tabs one sends at a time; where the browser cannot say, all do, and the repeat keys see to it.
 * @template Given
 */
async function alone(work) {
  const locks = globalThis.document && globalThis.navigator?.locks;
  return locks ? locks.request("guildesk-outbox", work) : work();
}

const STORE = "outbox";

/**
 * Keeps the outbox in the browser, with its files; for one user, so that nobody sends what another wrote.
 *
 * Gives undefined where there is no such storage, as in Node and in some private windows.
 * @param {string} user
 * @returns {Promise<Storage | undefined>}
 */
export async function browserStorage(user) {
  try {
    const base = await opened();
    return {
      load: () => done(base, "readonly", (store) => store.getAll(IDBKeyRange.bound([user], [user, []]))).then(entriesOf),
      save: (entry) => done(base, "readwrite", (store) => store.put({ user, ...entry })).then(() => undefined),
      remove: (key) => done(base, "readwrite", (store) => store.delete([user, key])).then(() => undefined),
    };
  } catch {
    return undefined;
  }
}

function entriesOf(rows) {
  return rows.map(({ user: _, ...entry }) => entry);
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("guildesk", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: ["user", "key"] });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("the storage is blocked"));
  });
}

function done(base, mode, work) {
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error);
  });
}
