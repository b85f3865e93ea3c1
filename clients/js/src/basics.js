/**
 * Listeners by name.
 * @template {object} Events
 */
export class Emitter {
  /** @type {Map<string, Set<(payload: any) => void>>} */
  #listeners = new Map();

  /**
   * Have a function called at every event of this name; gives a function that ends it.
   * @template {keyof Events & string} Name
   * @param {Name} name
   * @param {(payload: Events[Name]) => void} listener
   * @returns {() => void}
   */
  on(name, listener) {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /**
   * A listener that throws keeps no other from hearing: its fault is reported as that of an event handler is.
   * @param {keyof Events & string} name
   * @param {unknown} [payload]
   */
  emit(name, payload) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        listener(payload);
      } catch (fault) {
        queueMicrotask(() => {
          throw fault;
        });
      }
    }
  }
}

/**
 * A "no" of Guildesk's, or no answer at all.
 *
 * `status` is that of HTTP, 0 where there was no answer. `code` names the cause, as the contract lists it; without an
 * answer it is `unreachable`. `errors` are the faults of a body, field by field. `retryAfter` is in seconds.
 */
export class GuildeskError extends Error {
  /**
   * @param {number} status
   * @param {{message?: string, error?: string, code?: string, errors?: {location: string, message: string, type: string}[]}} said
   * @param {{requestId?: string | null, retryAfter?: number, cause?: unknown}} [more]
   */
  constructor(status, said, more = {}) {
    super(said.message ?? `answered with ${status}`, { cause: more.cause });
    this.name = "GuildeskError";
    this.status = status;
    this.error = said.error ?? "";
    this.code = said.code ?? "";
    this.errors = said.errors ?? [];
    this.requestId = more.requestId ?? null;
    this.retryAfter = more.retryAfter;
  }

  /** Whether the same request may succeed later: there was no answer, the limit was reached, or the server was away. */
  get passes() {
    return [0, 408, 425, 429, 502, 503, 504].includes(this.status);
  }
}

/** @param {unknown} cause @returns {GuildeskError} */
export function unreachable(cause) {
  return new GuildeskError(0, { message: "Guildesk cannot be reached", code: "unreachable" }, { cause });
}

/**
 * Seconds before the next try: longer after each one, and never the same for all clients at once.
 * @param {number} tried how often it was tried already
 * @param {number} most
 */
export function backoff(tried, most) {
  return Math.min(most, 0.5 * 2 ** tried) * (0.5 + Math.random() / 2);
}

/**
 * Wait; ends at once, with its reason, when the signal is aborted.
 * @param {number} seconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(done, Math.min(seconds * 1000, 2 ** 31 - 1));
    signal?.addEventListener("abort", stop);
    function done() {
      signal?.removeEventListener("abort", stop);
      resolve();
    }
    function stop() {
      clearTimeout(timer);
      reject(/** @type {AbortSignal} */ (signal).reason);
    }
  });
}

/** A key that was never used before. */
export function newKey() {
  return globalThis.crypto?.randomUUID?.() ?? [0, 0, 0, 0].map(() => Math.random().toString(36).slice(2)).join("");
}
