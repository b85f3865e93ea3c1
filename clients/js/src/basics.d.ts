/** @param {unknown} cause @returns {GuildeskError} */
export function unreachable(cause: unknown): GuildeskError;
/**
 * Seconds before the next try: longer after each one, and never the same for all clients at once.
 * @param {number} tried how often it was tried already
 * @param {number} most
 */
export function backoff(tried: number, most: number): number;
/**
 * Wait; ends at once, with its reason, when the signal is aborted.
 * @param {number} seconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function pause(seconds: number, signal?: AbortSignal): Promise<void>;
/** A key that was never used before. */
export function newKey(): `${string}-${string}-${string}-${string}-${string}`;
/**
 * Listeners by name.
 * @template {object} Events
 */
export class Emitter<Events extends unknown> {
    /**
     * Have a function called at every event of this name; gives a function that ends it.
     * @template {keyof Events & string} Name
     * @param {Name} name
     * @param {(payload: Events[Name]) => void} listener
     * @returns {() => void}
     */
    on<Name extends keyof Events & string>(name: Name, listener: (payload: Events[Name]) => void): () => void;
    /**
     * A listener that throws keeps no other from hearing: its fault is reported as that of an event handler is.
     * @param {keyof Events & string} name
     * @param {unknown} [payload]
     */
    emit(name: keyof Events & string, payload?: unknown): void;
    #private;
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
    constructor(status: number, said: {
        message?: string;
        error?: string;
        code?: string;
        errors?: {
            location: string;
            message: string;
            type: string;
        }[];
    }, more?: {
        requestId?: string | null;
        retryAfter?: number;
        cause?: unknown;
    });
    status: number;
    error: string;
    code: string;
    errors: {
        location: string;
        message: string;
        type: string;
    }[];
    requestId: string | null;
    retryAfter: number | undefined;
    /** Whether the same request may succeed later: there was no answer, the limit was reached, or the server was away. */
    get passes(): boolean;
}
