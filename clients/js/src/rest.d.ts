/** Requests to the API: each POST has a repeat key, and what did not arrive is sent again. */
export class Rest {
    /**
     * @param {string} url
     * @param {Tokens} tokens
     * @param {{fetch?: typeof fetch, tries?: number, timeout?: number, longestWait?: number}} options
     */
    constructor(url: string, tokens: Tokens, options: {
        fetch?: typeof fetch;
        tries?: number;
        timeout?: number;
        longestWait?: number;
    });
    url: string;
    fetch: typeof fetch;
    tries: number;
    timeout: number;
    longestWait: number;
    /**
     * Ask, and again where that may help. Raises GuildeskError.
     * @param {string} method
     * @param {string} path below /api/v1, with `{names}` that `options.path` fills in; or a whole URL of ours
     * @param {RequestOptions} [options]
     * @returns {Promise<{data: any, headers: Headers, status: number}>}
     */
    ask(method: string, path: string, options?: RequestOptions): Promise<{
        data: any;
        headers: Headers;
        status: number;
    }>;
    /**
     * All pages of a list, one by one.
     * @param {string} path
     * @param {RequestOptions} [options]
     * @returns {AsyncGenerator<any[], void, void>}
     */
    pages(path: string, options?: RequestOptions): AsyncGenerator<any[], void, void>;
    #private;
}
/**
 * The caller's token: kept while it is good, asked for anew before it ends or when it was refused.
 *
 * Its life is counted from when it came, so a clock that is wrong here does no harm.
 */
export class Tokens {
    /** @param {TokenSource | undefined} source */
    constructor(source: TokenSource | undefined);
    get renewable(): boolean;
    /** Milliseconds until it should be renewed; Infinity if it has no end or cannot be renewed. */
    get renewIn(): number;
    /** What the token that was last used says, without any check; empty if there was none. */
    get claims(): any;
    /**
     * A token that is good as far as we know.
     * @param {string} [refused] a token that was refused: another one is asked for
     * @returns {Promise<string>}
     */
    get(refused?: string): Promise<string>;
    #private;
}
import type { RequestOptions } from "./types.js";
import type { TokenSource } from "./types.js";
