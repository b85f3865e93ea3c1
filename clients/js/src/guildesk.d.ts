/**
 * A client of one Guildesk, for one user.
 *
 * Emits what sockets tell, as `message`, and the rest of `Events`.
 * @extends {Emitter<Events>}
 */
export class Guildesk extends Emitter<Events> {
    /** @param {Options} options */
    constructor(options: Options);
    rest: Rest;
    outbox: Outbox;
    live: Live;
    /** Begin to listen, and send what an earlier page left unsent. */
    connect(): this;
    /** Hear and send nothing more. */
    close(): void;
    /** Whether events are heard as they happen. */
    get ready(): boolean;
    /** Whether it was made to listen. */
    get listens(): boolean;
    /** What the token says, without any check. */
    get claims(): any;
    /** A ticket that keeps itself as it is now; `await` its `open()`. @param {string} ticket */
    conversation(ticket: string): Conversation;
    /**
     * Keep a message, and send it as soon as that is possible. `done` is the stored Message.
     * @param {string} ticket
     * @param {NewMessage} message
     * @param {Blob[]} [files]
     * @returns {Promise<{entry: Entry, done: Promise<Message>}>}
     */
    send(ticket: string, message: NewMessage, files?: Blob[]): Promise<{
        entry: Entry;
        done: Promise<Message>;
    }>;
    /**
     * The same with a new ticket. `done` is the stored Ticket.
     * @param {NewTicket} ticket
     * @param {Blob[]} [files]
     * @returns {Promise<{entry: Entry, done: Promise<Ticket>}>}
     */
    sendTicket(ticket: NewTicket, files?: Blob[]): Promise<{
        entry: Entry;
        done: Promise<Ticket>;
    }>;
    /**
     * Any request of the API, in the types of its document. Raises GuildeskError.
     * @template {Method} M
     * @template {PathOf<M>} P
     * @param {M} method
     * @param {P} path below /api/v1, as the document writes it
     * @param {OptionsOf<M, P>} [options]
     * @returns {Promise<AnswerOf<M, P>>}
     */
    request<M extends Method, P extends PathOf<M>>(method: M, path: P, options?: OptionsOf<M, P>): Promise<AnswerOf<M, P>>;
    /**
     * All things of a list, page by page: `for await (const ticket of desk.all("/tickets"))`.
     * @template {PathOf<"GET">} P
     * @param {P} path
     * @param {OptionsOf<"GET", P>} [options]
     * @returns {AsyncGenerator<ItemOf<P>, void, void>}
     */
    all<P extends PathOf<"GET">>(path: P, options?: OptionsOf<"GET", P>): AsyncGenerator<ItemOf<P>, void, void>;
    /** @param {NewTicket} ticket */
    openTicket(ticket: NewTicket): Promise<{
        id: string;
        user_id: string;
        topic: string;
        description: string;
        status: import("./schema.js").components["schemas"]["TicketStatus"];
        created_at: number;
        updated_at: number;
        user_role: import("./schema.js").components["schemas"]["UserRole"];
        support_role: import("./schema.js").components["schemas"]["SupportRole"];
        issue_level: import("./schema.js").components["schemas"]["IssueLevel"];
        number: number;
        issuer: string;
        username: string;
        assignee: import("./schema.js").components["schemas"]["Person"] | null;
        closed_at: number | null;
        closed_by: import("./schema.js").components["schemas"]["Actor"] | null;
        close_reason: string | null;
        first_response_at: number | null;
        last_message_at: number | null;
        message_count: number;
        category: string | null;
        answers: import("./schema.js").components["schemas"]["FormAnswer"][];
        metadata: {
            [key: string]: string;
        };
        locale: string | null;
        discord: import("./schema.js").components["schemas"]["TicketChannel"];
        feedback: import("./schema.js").components["schemas"]["Feedback"] | null;
        read: import("./schema.js").components["schemas"]["ReadMarks"];
        unread: import("./schema.js").components["schemas"]["Unread"];
        close_asked_at: number | null;
        closes_at: number | null;
        snoozed_until: number | null;
        labels: string[] | null;
        subscribers: import("./schema.js").components["schemas"]["Person"][] | null;
        links: import("./schema.js").components["schemas"]["Link"][] | null;
        merged_into: string | null;
        sla: import("./schema.js").components["schemas"]["Sla"] | null;
        version: number;
    }>;
    /** @param {OptionsOf<"GET", "/tickets">["query"]} [query] */
    tickets(query?: OptionsOf<"GET", "/tickets">["query"]): Promise<{
        id: string;
        user_id: string;
        topic: string;
        description: string;
        status: import("./schema.js").components["schemas"]["TicketStatus"];
        created_at: number;
        updated_at: number;
        user_role: import("./schema.js").components["schemas"]["UserRole"];
        support_role: import("./schema.js").components["schemas"]["SupportRole"];
        issue_level: import("./schema.js").components["schemas"]["IssueLevel"];
        number: number;
        issuer: string;
        username: string;
        assignee: import("./schema.js").components["schemas"]["Person"] | null;
        closed_at: number | null;
        closed_by: import("./schema.js").components["schemas"]["Actor"] | null;
        close_reason: string | null;
        first_response_at: number | null;
        last_message_at: number | null;
        message_count: number;
        category: string | null;
        answers: import("./schema.js").components["schemas"]["FormAnswer"][];
        metadata: {
            [key: string]: string;
        };
        locale: string | null;
        discord: import("./schema.js").components["schemas"]["TicketChannel"];
        feedback: import("./schema.js").components["schemas"]["Feedback"] | null;
        read: import("./schema.js").components["schemas"]["ReadMarks"];
        unread: import("./schema.js").components["schemas"]["Unread"];
        close_asked_at: number | null;
        closes_at: number | null;
        snoozed_until: number | null;
        labels: string[] | null;
        subscribers: import("./schema.js").components["schemas"]["Person"][] | null;
        links: import("./schema.js").components["schemas"]["Link"][] | null;
        merged_into: string | null;
        sla: import("./schema.js").components["schemas"]["Sla"] | null;
        version: number;
        last_message?: import("./schema.js").components["schemas"]["Message"];
        requester?: import("./schema.js").components["schemas"]["TicketRequester"];
    }[]>;
    /** @param {string} ticket_id */
    ticket(ticket_id: string): Promise<{
        id: string;
        user_id: string;
        topic: string;
        description: string;
        status: import("./schema.js").components["schemas"]["TicketStatus"];
        created_at: number;
        updated_at: number;
        user_role: import("./schema.js").components["schemas"]["UserRole"];
        support_role: import("./schema.js").components["schemas"]["SupportRole"];
        issue_level: import("./schema.js").components["schemas"]["IssueLevel"];
        number: number;
        issuer: string;
        username: string;
        assignee: import("./schema.js").components["schemas"]["Person"] | null;
        closed_at: number | null;
        closed_by: import("./schema.js").components["schemas"]["Actor"] | null;
        close_reason: string | null;
        first_response_at: number | null;
        last_message_at: number | null;
        message_count: number;
        category: string | null;
        answers: import("./schema.js").components["schemas"]["FormAnswer"][];
        metadata: {
            [key: string]: string;
        };
        locale: string | null;
        discord: import("./schema.js").components["schemas"]["TicketChannel"];
        feedback: import("./schema.js").components["schemas"]["Feedback"] | null;
        read: import("./schema.js").components["schemas"]["ReadMarks"];
        unread: import("./schema.js").components["schemas"]["Unread"];
        close_asked_at: number | null;
        closes_at: number | null;
        snoozed_until: number | null;
        labels: string[] | null;
        subscribers: import("./schema.js").components["schemas"]["Person"][] | null;
        links: import("./schema.js").components["schemas"]["Link"][] | null;
        merged_into: string | null;
        sla: import("./schema.js").components["schemas"]["Sla"] | null;
        version: number;
    }>;
    /**
     * Change topic or description; staff also the rest.
     * @param {string} ticket_id
     * @param {TicketChanges} json
     */
    change(ticket_id: string, json: TicketChanges): Promise<{
        id: string;
        user_id: string;
        topic: string;
        description: string;
        status: import("./schema.js").components["schemas"]["TicketStatus"];
        created_at: number;
        updated_at: number;
        user_role: import("./schema.js").components["schemas"]["UserRole"];
        support_role: import("./schema.js").components["schemas"]["SupportRole"];
        issue_level: import("./schema.js").components["schemas"]["IssueLevel"];
        number: number;
        issuer: string;
        username: string;
        assignee: import("./schema.js").components["schemas"]["Person"] | null;
        closed_at: number | null;
        closed_by: import("./schema.js").components["schemas"]["Actor"] | null;
        close_reason: string | null;
        first_response_at: number | null;
        last_message_at: number | null;
        message_count: number;
        category: string | null;
        answers: import("./schema.js").components["schemas"]["FormAnswer"][];
        metadata: {
            [key: string]: string;
        };
        locale: string | null;
        discord: import("./schema.js").components["schemas"]["TicketChannel"];
        feedback: import("./schema.js").components["schemas"]["Feedback"] | null;
        read: import("./schema.js").components["schemas"]["ReadMarks"];
        unread: import("./schema.js").components["schemas"]["Unread"];
        close_asked_at: number | null;
        closes_at: number | null;
        snoozed_until: number | null;
        labels: string[] | null;
        subscribers: import("./schema.js").components["schemas"]["Person"][] | null;
        links: import("./schema.js").components["schemas"]["Link"][] | null;
        merged_into: string | null;
        sla: import("./schema.js").components["schemas"]["Sla"] | null;
        version: number;
    }>;
    /**
     * @param {string} ticket_id
     * @param {"RESOLVED" | "UNRESOLVED" | "CANCELED"} status
     * @param {string} [reason]
     */
    closeTicket(ticket_id: string, status: "RESOLVED" | "UNRESOLVED" | "CANCELED", reason?: string): Promise<{
        id: string;
        user_id: string;
        topic: string;
        description: string;
        status: import("./schema.js").components["schemas"]["TicketStatus"];
        created_at: number;
        updated_at: number;
        user_role: import("./schema.js").components["schemas"]["UserRole"];
        support_role: import("./schema.js").components["schemas"]["SupportRole"];
        issue_level: import("./schema.js").components["schemas"]["IssueLevel"];
        number: number;
        issuer: string;
        username: string;
        assignee: import("./schema.js").components["schemas"]["Person"] | null;
        closed_at: number | null;
        closed_by: import("./schema.js").components["schemas"]["Actor"] | null;
        close_reason: string | null;
        first_response_at: number | null;
        last_message_at: number | null;
        message_count: number;
        category: string | null;
        answers: import("./schema.js").components["schemas"]["FormAnswer"][];
        metadata: {
            [key: string]: string;
        };
        locale: string | null;
        discord: import("./schema.js").components["schemas"]["TicketChannel"];
        feedback: import("./schema.js").components["schemas"]["Feedback"] | null;
        read: import("./schema.js").components["schemas"]["ReadMarks"];
        unread: import("./schema.js").components["schemas"]["Unread"];
        close_asked_at: number | null;
        closes_at: number | null;
        snoozed_until: number | null;
        labels: string[] | null;
        subscribers: import("./schema.js").components["schemas"]["Person"][] | null;
        links: import("./schema.js").components["schemas"]["Link"][] | null;
        merged_into: string | null;
        sla: import("./schema.js").components["schemas"]["Sla"] | null;
        version: number;
    }>;
    /** @param {string} ticket_id */
    reopen(ticket_id: string): Promise<{
        id: string;
        user_id: string;
        topic: string;
        description: string;
        status: import("./schema.js").components["schemas"]["TicketStatus"];
        created_at: number;
        updated_at: number;
        user_role: import("./schema.js").components["schemas"]["UserRole"];
        support_role: import("./schema.js").components["schemas"]["SupportRole"];
        issue_level: import("./schema.js").components["schemas"]["IssueLevel"];
        number: number;
        issuer: string;
        username: string;
        assignee: import("./schema.js").components["schemas"]["Person"] | null;
        closed_at: number | null;
        closed_by: import("./schema.js").components["schemas"]["Actor"] | null;
        close_reason: string | null;
        first_response_at: number | null;
        last_message_at: number | null;
        message_count: number;
        category: string | null;
        answers: import("./schema.js").components["schemas"]["FormAnswer"][];
        metadata: {
            [key: string]: string;
        };
        locale: string | null;
        discord: import("./schema.js").components["schemas"]["TicketChannel"];
        feedback: import("./schema.js").components["schemas"]["Feedback"] | null;
        read: import("./schema.js").components["schemas"]["ReadMarks"];
        unread: import("./schema.js").components["schemas"]["Unread"];
        close_asked_at: number | null;
        closes_at: number | null;
        snoozed_until: number | null;
        labels: string[] | null;
        subscribers: import("./schema.js").components["schemas"]["Person"][] | null;
        links: import("./schema.js").components["schemas"]["Link"][] | null;
        merged_into: string | null;
        sla: import("./schema.js").components["schemas"]["Sla"] | null;
        version: number;
    }>;
    /** @param {string} ticket_id @param {boolean} accept */
    answerAskClose(ticket_id: string, accept: boolean): Promise<{
        id: string;
        user_id: string;
        topic: string;
        description: string;
        status: import("./schema.js").components["schemas"]["TicketStatus"];
        created_at: number;
        updated_at: number;
        user_role: import("./schema.js").components["schemas"]["UserRole"];
        support_role: import("./schema.js").components["schemas"]["SupportRole"];
        issue_level: import("./schema.js").components["schemas"]["IssueLevel"];
        number: number;
        issuer: string;
        username: string;
        assignee: import("./schema.js").components["schemas"]["Person"] | null;
        closed_at: number | null;
        closed_by: import("./schema.js").components["schemas"]["Actor"] | null;
        close_reason: string | null;
        first_response_at: number | null;
        last_message_at: number | null;
        message_count: number;
        category: string | null;
        answers: import("./schema.js").components["schemas"]["FormAnswer"][];
        metadata: {
            [key: string]: string;
        };
        locale: string | null;
        discord: import("./schema.js").components["schemas"]["TicketChannel"];
        feedback: import("./schema.js").components["schemas"]["Feedback"] | null;
        read: import("./schema.js").components["schemas"]["ReadMarks"];
        unread: import("./schema.js").components["schemas"]["Unread"];
        close_asked_at: number | null;
        closes_at: number | null;
        snoozed_until: number | null;
        labels: string[] | null;
        subscribers: import("./schema.js").components["schemas"]["Person"][] | null;
        links: import("./schema.js").components["schemas"]["Link"][] | null;
        merged_into: string | null;
        sla: import("./schema.js").components["schemas"]["Sla"] | null;
        version: number;
    }>;
    /** @param {string} ticket_id @param {{rating: number, comment?: string}} json */
    rate(ticket_id: string, json: {
        rating: number;
        comment?: string;
    }): Promise<{
        rating: number;
        comment: string | null;
        given_at: number;
    }>;
    /**
     * Oldest first.
     * @param {string} ticket_id
     * @param {OptionsOf<"GET", "/tickets/{ticket_id}/messages">["query"]} [query]
     */
    messages(ticket_id: string, query?: OptionsOf<"GET", "/tickets/{ticket_id}/messages">["query"]): Promise<{
        id: string;
        ticket_id: string;
        author_id: string;
        author_name: string;
        content: string;
        attachments: string[];
        created_at: number;
        updated_at: number;
        seq: number;
        author_type: "REQUESTER" | "STAFF" | "SYSTEM";
        edited: boolean;
        deleted: boolean;
        delivery: import("./schema.js").components["schemas"]["MessageDelivery"];
        reply_to: string | null;
        attachment_details: import("./schema.js").components["schemas"]["File"][];
    }[]>;
    /**
     * Post now, and raise if that is not possible; `send` waits instead.
     * @param {string} ticket_id
     * @param {NewMessage} json
     */
    post(ticket_id: string, json: NewMessage): Promise<{
        id: string;
        ticket_id: string;
        author_id: string;
        author_name: string;
        content: string;
        attachments: string[];
        created_at: number;
        updated_at: number;
        seq: number;
        author_type: "REQUESTER" | "STAFF" | "SYSTEM";
        edited: boolean;
        deleted: boolean;
        delivery: import("./schema.js").components["schemas"]["MessageDelivery"];
        reply_to: string | null;
        attachment_details: import("./schema.js").components["schemas"]["File"][];
    }>;
    /** @param {string} ticket_id @param {string} message_id @param {string} content */
    edit(ticket_id: string, message_id: string, content: string): Promise<{
        id: string;
        ticket_id: string;
        author_id: string;
        author_name: string;
        content: string;
        attachments: string[];
        created_at: number;
        updated_at: number;
        seq: number;
        author_type: "REQUESTER" | "STAFF" | "SYSTEM";
        edited: boolean;
        deleted: boolean;
        delivery: import("./schema.js").components["schemas"]["MessageDelivery"];
        reply_to: string | null;
        attachment_details: import("./schema.js").components["schemas"]["File"][];
    }>;
    /** @param {string} ticket_id @param {string} message_id */
    remove(ticket_id: string, message_id: string): Promise<{
        id: string;
        ticket_id: string;
        author_id: string;
        author_name: string;
        content: string;
        attachments: string[];
        created_at: number;
        updated_at: number;
        seq: number;
        author_type: "REQUESTER" | "STAFF" | "SYSTEM";
        edited: boolean;
        deleted: boolean;
        delivery: import("./schema.js").components["schemas"]["MessageDelivery"];
        reply_to: string | null;
        attachment_details: import("./schema.js").components["schemas"]["File"][];
    }>;
    forms(): Promise<{
        slug: string;
        name: string;
        description: string;
        emoji: string | null;
        questions: import("./schema.js").components["schemas"]["Question"][];
        topic_question: string | null;
        description_question: string | null;
        is_default: boolean;
        open: boolean;
        closed_text: string | null;
    }[]>;
    /**
     * The record of the ticket, as a file.
     * @param {string} ticket_id
     * @param {"html" | "json" | "txt" | "md"} [format]
     * @returns {Promise<Blob>}
     */
    transcript(ticket_id: string, format?: "html" | "json" | "txt" | "md"): Promise<Blob>;
    /**
     * Upload a file; give the id to `post` or `openTicket` then. `onProgress` hears how much of it is there, 0 to 1.
     * @param {Blob} file
     * @param {{name?: string, key?: string, onProgress?: (part: number) => void, signal?: AbortSignal}} [options]
     * @returns {Promise<Attachment>}
     */
    upload(file: Blob, { name, key, onProgress, signal }?: {
        name?: string;
        key?: string;
        onProgress?: (part: number) => void;
        signal?: AbortSignal;
    }): Promise<Attachment>;
    #private;
}
import type { Events } from "./types.js";
import { Emitter } from "./basics.js";
import { Rest } from "./rest.js";
import { Outbox } from "./outbox.js";
import { Live } from "./live.js";
import { Conversation } from "./conversation.js";
import type { NewMessage } from "./types.js";
import type { Entry } from "./types.js";
import type { Message } from "./types.js";
import type { NewTicket } from "./types.js";
import type { Ticket } from "./types.js";
import type { Method } from "./types.js";
import type { PathOf } from "./types.js";
import type { OptionsOf } from "./types.js";
import type { AnswerOf } from "./types.js";
import type { ItemOf } from "./types.js";
import type { TicketChanges } from "./types.js";
import type { Attachment } from "./types.js";
import type { Options } from "./types.js";
