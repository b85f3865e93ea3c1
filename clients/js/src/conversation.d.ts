/**
 * One ticket as it is now, kept so: its messages in order, what is on its way, and who types. Emits `change`.
 *
 * Made by `Guildesk.conversation`; `close` it when it is no longer shown.
 * @extends {Emitter<{change: void}>}
 */
export class Conversation extends Emitter<{
    change: void;
}> {
    /** @param {Guildesk} desk @param {string} id */
    constructor(desk: Guildesk, id: string);
    /** @type {Ticket | null} */
    ticket: Ticket | null;
    /** The name of whoever of staff types now. @type {string | null} */
    typing: string | null;
    id: string;
    /** Oldest first. @returns {Message[]} */
    get messages(): Message[];
    /** What is on its way or was refused, oldest first: the entries of the outbox for this ticket. */
    get pending(): import("./types.js").Entry[];
    /** Read all, and keep it as it is. Raises GuildeskError if it cannot be read. */
    open(): Promise<this>;
    /** Read everything once more. */
    reload(): Promise<void>;
    /**
     * Send a message; it is shown among `pending` until it is stored.
     * @param {string} content
     * @param {{files?: Blob[], reply_to?: string}} [more]
     */
    send(content: string, { files, reply_to }?: {
        files?: Blob[];
        reply_to?: string;
    }): Promise<{
        entry: import("./types.js").Entry;
        done: Promise<Message>;
    }>;
    /** The user writes; call it at every key. */
    types(): void;
    /** The user has seen all that is here. */
    seen(): void;
    close(): void;
    #private;
}
import { Emitter } from "./basics.js";
import type { Ticket } from "./types.js";
import type { Message } from "./types.js";
import type { Guildesk } from "./guildesk.js";
