import { backoff, GuildeskError, newKey, pause, unreachable } from "./basics.js";
/** @import { RequestOptions, TokenSource } from "./types.js" */

const BASE = "/api/v1";

/** Requests to the API: each POST has a repeat key, and what did not arrive is sent again. */
export class Rest {
  #tokens;

  /**
   * @param {string} url
   * @param {Tokens} tokens
   * @param {{fetch?: typeof fetch, tries?: number, timeout?: number, longestWait?: number}} options
   */
  constructor(url, tokens, options) {
    this.url = url;
    this.#tokens = tokens;
    this.fetch = options.fetch ?? ((...it) => globalThis.fetch(...it));
    this.tries = options.tries ?? 4;
    this.timeout = options.timeout ?? 30;
    this.longestWait = options.longestWait ?? 30;
  }

  /**
   * Ask, and again where that may help. Raises GuildeskError.
   * @param {string} method
   * @param {string} path below /api/v1, with `{names}` that `options.path` fills in; or a whole URL of ours
   * @param {RequestOptions} [options]
   * @returns {Promise<{data: any, headers: Headers, status: number}>}
   */
  async ask(method, path, options = {}) {
    const tries = options.tries ?? this.tries;
    const send = this.#prepared(method, path, options);
    const repeatable = !(method === "PATCH" && options.headers?.["If-Match"]);
    /** @type {string | undefined} */
    let refused;
    for (let tried = 0; ; tried++) {
      const token = options.token === false ? undefined : await this.#token(refused);
      const failure = await send(token).catch((cause) => {
        options.signal?.throwIfAborted();
        return cause instanceof GuildeskError ? cause : unreachable(cause);
      });
      if (!(failure instanceof GuildeskError)) return failure;
      if (failure.status === 401 && token && refused === undefined && this.#tokens.renewable) {
        refused = token;
        continue;
      }
      const wait = failure.retryAfter ?? backoff(tried, 8);
      const again = failure.passes && (repeatable || failure.status === 429);
      if (!again || tried + 1 >= tries || wait > this.longestWait) throw failure;
      await pause(wait, options.signal);
    }
  }

  /**
   * All pages of a list, one by one.
   * @param {string} path
   * @param {RequestOptions} [options]
   * @returns {AsyncGenerator<any[], void, void>}
   */
  async *pages(path, options = {}) {
    /** @type {string | undefined} */
    let next = path;
    for (let rest = options; next; rest = { signal: options.signal }) {
      /** @type {{data: any, headers: Headers}} */
      const { data, headers } = await this.ask("GET", next, rest);
      yield data;
      const link = /<([^>]+)>;\s*rel="next"/.exec(headers.get("Link") ?? "");
      next = link ? this.#here(link[1]) : undefined;
    }
  }

  async #token(refused) {
    try {
      return await this.#tokens.get(refused);
    } catch (cause) {
      if (cause instanceof GuildeskError) throw cause;
      const message = `there is no token: ${cause instanceof Error ? cause.message : cause}`;
      throw new GuildeskError(0, { message, code: "no_token" }, { cause });
    }
  }

  /** A link that the server made begins with its PUBLIC_URL; we may know it by another name. */
  #here(link) {
    const at = link.indexOf(BASE);
    return at < 0 ? link : link.slice(at + BASE.length);
  }

  /** A function that sends the request: the same bytes and the same key at every try. */
  #prepared(method, path, options) {
    const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(options.path?.[name])));
    const url = `${this.url}${BASE}${filled}${queryOf(options.query)}`;
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json", ...options.headers };
    if (method === "POST") headers["Idempotency-Key"] = options.key ?? newKey();
    let body = options.body;
    if (options.json !== undefined) {
      headers["Content-Type"] = "application/json";
      body = JSON.stringify(options.json);
    }
    return async (/** @type {string | undefined} */ token) => {
      const given = token ? { ...headers, Authorization: `Bearer ${token}` } : headers;
      const request = { method, headers: given, body, cache: /** @type {RequestCache} */ ("no-store") };
      if (options.onProgress && globalThis.XMLHttpRequest) return byXhr(url, request, options);
      return this.#byFetch(url, request, options);
    };
  }

  async #byFetch(url, request, options) {
    const stop = new AbortController();
    const forward = () => stop.abort(options.signal?.reason);
    options.signal?.addEventListener("abort", forward);
    const timer = setTimeout(() => stop.abort(new Error("there was no answer in time")), (options.timeout ?? this.timeout) * 1000);
    try {
      const answer = await this.fetch(url, { ...request, credentials: "omit", signal: stop.signal });
      const read = options.as && answer.ok ? answer[options.as]() : answer.text();
      return outcome(answer.status, answer.headers, await read, options);
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", forward);
    }
  }
}

/** Alone XMLHttpRequest tells how far an upload is. */
function byXhr(url, request, options) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open(request.method, url);
    for (const [name, value] of Object.entries(request.headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = (it) => options.onProgress?.(it.total ? it.loaded / it.total : 0);
    xhr.onerror = () => reject(new Error("the connection was lost"));
    xhr.onabort = () => reject(options.signal?.reason);
    xhr.onload = () => {
      const lines = xhr.getAllResponseHeaders().trim().split(/[\r\n]+/);
      const headers = new Headers(lines.map((it) => /** @type {[string, string]} */ (it.split(/:\s*(.*)/, 2))));
      try {
        resolve(outcome(xhr.status, headers, xhr.responseText, options));
      } catch (failure) {
        reject(failure);
      }
    };
    options.signal?.addEventListener("abort", () => xhr.abort());
    xhr.send(request.body);
  });
}

function outcome(status, headers, body, options) {
  if (status >= 200 && status < 300) {
    const data = options.as ? body : body === "" ? undefined : JSON.parse(body);
    return { data, headers, status };
  }
  let said;
  try {
    said = JSON.parse(body);
  } catch {
    said = {}; // a proxy's page
  }
  const seconds = Number(headers.get("Retry-After") ?? NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  throw new GuildeskError(status, said, { requestId: headers.get("X-Request-ID"), retryAfter });
}

function queryOf(query) {
  const pairs = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return pairs.length ? `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}` : "";
}

/** Seconds before its end from which on a token is renewed. */
const MARGIN = 30;

/**
 * The caller's token: kept while it is good, asked for anew before it ends or when it was refused.
 *
 * Its life is counted from when it came, so a clock that is wrong here does no harm.
 */
export class Tokens {
  /** @type {string | undefined} */
  #token;
  #goodUntil = 0;
  /** @type {Promise<string> | undefined} */
  #asking;
  #source;

  /** @param {TokenSource | undefined} source */
  constructor(source) {
    this.#source = source;
  }

  get renewable() {
    return typeof this.#source === "function";
  }

  /** Milliseconds until it should be renewed; Infinity if it has no end or cannot be renewed. */
  get renewIn() {
    return this.renewable ? this.#goodUntil - Date.now() : Infinity;
  }

  /** What the token that was last used says, without any check; empty if there was none. */
  get claims() {
    return claimsOf(this.#token);
  }

  /**
   * A token that is good as far as we know.
   * @param {string} [refused] a token that was refused: another one is asked for
   * @returns {Promise<string>}
   */
  async get(refused) {
    if (typeof this.#source !== "function") {
      this.#token = this.#source ?? "";
      return this.#token;
    }
    if (this.#token !== undefined && this.#token !== refused && Date.now() < this.#goodUntil) return this.#token;
    this.#asking ??= this.#ask(this.#source, refused !== undefined).finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  async #ask(source, refused) {
    const token = await source({ refused });
    const { exp, iat } = claimsOf(token);
    const seconds = typeof exp !== "number" ? Infinity : exp - (typeof iat === "number" ? iat : Date.now() / 1000);
    this.#token = token;
    this.#goodUntil = Date.now() + Math.max(seconds - MARGIN, seconds / 2, 1) * 1000;
    return token;
  }
}

function claimsOf(token) {
  try {
    const part = /** @type {string} */ (token).split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(part), (it) => it.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}
