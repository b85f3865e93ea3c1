import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

export type Ticket = Schemas["Ticket"];
export type Message = Schemas["Message"];
export type Attachment = Schemas["Attachment"];
export type Form = Schemas["Form"];
export type NewTicket = Schemas["NewTicket"];
export type NewMessage = Schemas["NewMessage"];
export type TicketChanges = Schemas["TicketChanges"];

/** A token, or a function that gives one; `refused` says that the last one was. */
export type TokenSource = string | ((why: { refused: boolean }) => string | Promise<string>);

export interface Options {
  /** Where Guildesk is, as `https://support.example.com`. */
  url: string;
  /** Left out, requests are made without a token. */
  token?: TokenSource;
  /** `io` of socket.io-client; without it nothing is heard, and REST alone works. */
  io?: Io;
  /** Hear also what this user does, as on other devices; true unless said. */
  echo?: boolean;
  /** Staff: tickets to hear of, or "all". */
  watch?: string | string[];
  /** Go on from here: `position` of an earlier client. */
  lastEventId?: string;
  /** Where to keep what is sent later; false for memory alone. In browsers IndexedDB, else memory. */
  storage?: Storage | false;
  /** How often a request is sent at most; 4 unless said. */
  tries?: number;
  /** Seconds for which an answer is waited for; 30 unless said. */
  timeout?: number;
  /** Seconds to wait at most before a request is sent again; 30 unless said. */
  longestWait?: number;
  fetch?: typeof fetch;
  /** Further options of socket.io-client, as `transports`. */
  socket?: object;
}

/** Something on its way: a message, or a ticket where `ticket_id` is null. */
export interface Entry {
  /** The repeat key. */
  key: string;
  path: string;
  json: Record<string, any>;
  ticket_id: string | null;
  files: Blob[];
  /** Ids of those files that are uploaded already. */
  uploads: string[];
  queued_at: number;
  sent_at: number | null;
  state: "queued" | "sending" | "failed";
  error: { code: string; message: string; status: number } | null;
}

/** Keeps what is on its way; every promise is kept only when the thing is safe. */
export interface Storage {
  load(): Promise<Entry[]>;
  save(entry: Entry): Promise<void>;
  remove(key: string): Promise<void>;
}

/** What is used of a socket of socket.io-client. */
export interface Socket {
  readonly connected: boolean;
  readonly active: boolean;
  readonly io: { on(event: "reconnect_attempt", listener: () => void): unknown };
  connect(): Socket;
  disconnect(): Socket;
  emit(event: string, ...said: any[]): unknown;
  on(event: string, listener: (it: any) => void): unknown;
  onAny(listener: (event: string, payload: any) => void): unknown;
}

export type Io = (url: string, options: any) => Socket;

export interface RequestOptions {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  json?: unknown;
  body?: any;
  headers?: Record<string, string>;
  /** The repeat key of a POST; a new one unless said. */
  key?: string;
  /** How to take the answer, if not as JSON. */
  as?: "text" | "blob";
  /** False: without a token. */
  token?: false;
  signal?: AbortSignal;
  tries?: number;
  timeout?: number;
  onProgress?: (part: number) => void;
}

type SaidBySockets = Schemas["SocketEvents"];

/** What a client emits. */
export interface Events extends Omit<SaidBySockets, "authorized" | "error"> {
  event: { event: string; payload: any };
  /** Events are heard from now on. If it is not `resumed`, read once more what you show. Whoever is `blocked` may read, and hardly more. */
  ready: { user_id: string; blocked: boolean; resumed: boolean };
  /** The connection was lost; it comes back by itself. */
  lost: { reason: string };
  unreachable: Error;
  error: import("./basics.js").GuildeskError;
  /** Something that is sent later came, went or changed. */
  outbox: Entry[];
  sent: { entry: Entry; answer: any };
  failed: { entry: Entry; error: import("./basics.js").GuildeskError };
  /** What is to be sent waits, and why. */
  waiting: import("./basics.js").GuildeskError;
  /** An entry could not be stored, and is in memory alone. */
  not_kept: unknown;
  progress: { entry: Entry; file: number; part: number };
}

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

type Base = "/api/v1";
type Known = { [P in keyof paths]: P extends `${Base}${infer Rest}` ? Rest : never }[keyof paths];
type Operation<M extends Method, P extends string> = `${Base}${P}` extends keyof paths
  ? Lowercase<M> extends keyof paths[`${Base}${P}`]
    ? paths[`${Base}${P}`][Lowercase<M>]
    : undefined
  : undefined;

export type PathOf<M extends Method> = {
  [P in Known]: Operation<M, P> extends { responses: unknown } ? P : never;
}[Known];

type Parameter<O, Where extends string> = O extends { parameters: { [W in Where]?: infer Given } } ? Given : never;
type Json<It> = It extends { content: { "application/json": infer Given } } ? Given : never;

export type OptionsOf<M extends Method, P extends string> = Omit<RequestOptions, "path" | "query" | "json"> & {
  path?: Parameter<Operation<M, P>, "path">;
  query?: Parameter<Operation<M, P>, "query">;
  json?: Operation<M, P> extends { requestBody?: infer Body } ? Json<NonNullable<Body>> : never;
};

export type AnswerOf<M extends Method, P extends string> =
  Operation<M, P> extends { responses: infer Answers }
    ? { [Status in keyof Answers]: Json<Answers[Status]> }[keyof Answers]
    : never;

export type ItemOf<P extends string> = AnswerOf<"GET", P> extends (infer Item)[] ? Item : never;
