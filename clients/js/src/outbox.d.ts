/**
 * Keeps the outbox in the browser, with its files; for one user, so that nobody sends what another wrote.
 *
 * Gives undefined where there is no such storage, as in Node and in some private windows.
 * @param {string} user
 * @returns {Promise<Storage | undefined>}
 */
export function browserStorage(user: string): Promise<Storage | undefined>;
/**
 * What the user has sent and the server has not acknowledged yet: kept where storage is there, sent in order, once.
 *
 * Each entry has a repeat key that it keeps, so however often it is sent, by whichever tab, it is done once.
 */
export class Outbox {
    /**
     * @param {() => Promise<Storage | undefined>} storage
     * @param {(entry: Entry) => Promise<any>} deliver
     * @param {Emitter<any>} emitter
     */
    constructor(storage: () => Promise<Storage | undefined>, deliver: (entry: Entry) => Promise<any>, emitter: Emitter<any>);
    /** What is on its way or was refused, oldest first. */
    get entries(): Entry[];
    /** Read what an earlier page, or another tab, has left, and send it. */
    restore(): Promise<void>;
    /**
     * Keep something to send. Gives it once it is kept, and `done` with it: the answer, or why it is no.
     * @param {string} path
     * @param {Record<string, any>} json
     * @param {{ticket_id?: string, files?: Blob[]}} [about]
     * @returns {Promise<{entry: Entry, done: Promise<any>}>}
     */
    add(path: string, json: Record<string, any>, about?: {
        ticket_id?: string;
        files?: Blob[];
    }): Promise<{
        entry: Entry;
        done: Promise<any>;
    }>;
    /**
     * Send once more what was refused, as something new. Gives what `add` gives.
     * @param {string} key
     */
    retry(key: string): Promise<{
        entry: any;
        done: Promise<any>;
    } | undefined>;
    /**
     * Forget what was refused, or has not been sent yet.
     * @param {string} key
     */
    discard(key: string): Promise<void>;
    /** Send at once what waits: the connection is back. */
    flush(): Promise<void>;
    stop(): void;
    #private;
}
import type { Storage } from "./types.js";
import type { Entry } from "./types.js";
import type { Emitter } from "./basics.js";
