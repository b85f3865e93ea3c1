/**
 * The socket. It comes back by itself and goes on behind the last event that was heard, without a gap and without a
 * duplicate. Where the server does not know that place any more, it begins anew and says so.
 */
export class Live {
    /**
     * @param {{url: string, io?: Io, echo?: boolean, watch?: string | string[], lastEventId?: string, socket?: object}} options
     * @param {Tokens} tokens
     * @param {Emitter<any>} emitter
     */
    constructor(options: {
        url: string;
        io?: Io;
        echo?: boolean;
        watch?: string | string[];
        lastEventId?: string;
        socket?: object;
    }, tokens: Tokens, emitter: Emitter<any>);
    /** Whether events are heard as they happen. */
    get ready(): boolean;
    /** Where in the feed we are. Give it as `lastEventId` to a client that is to go on from here. */
    get position(): string | undefined;
    connect(): undefined;
    /** Hear nothing more; `connect` goes on from here. */
    disconnect(): void;
    /**
     * Staff: hear of a ticket too, or of all; also after the connection was lost.
     * @param {string} ticket an id or a number, or "all"
     */
    watch(ticket: string): void;
    /** @param {string} ticket */
    unwatch(ticket: string): void;
    /**
     * The user writes. Call it at every key: what comes too often is not sent.
     * @param {string} ticket
     */
    typing(ticket: string): void;
    /**
     * The user has seen the ticket up to this message. Without a connection it is said later.
     * @param {string} ticket
     * @param {string} message
     */
    read(ticket: string, message: string): void;
    #private;
}
import type { Io } from "./types.js";
import type { Tokens } from "./rest.js";
import type { Emitter } from "./basics.js";
