// A conversation with a live Guildesk, in the types that its OpenAPI document gives.
// Arguments: the address, and tokens of a customer and of an admin. Says as JSON what it saw.

import createClient from "openapi-fetch";

import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };

type Schemas = components["schemas"];

const [baseUrl = "", customersToken = "", adminsToken = ""] = process.argv.slice(2);
const casey = clientOf(customersToken);
const ada = clientOf(adminsToken);

function clientOf(token: string) {
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
}

/** What is there, or the error of the API. */
function found<Data>(answer: { data?: Data; error?: Schemas["ErrorAnswer"] }): Data {
  if (answer.data === undefined) throw new Error(answer.error?.code ?? "no answer");
  return answer.data;
}

/** One line of each event: `event` tells which payload it is. */
function lineOf(event: Schemas["Event"]): string {
  switch (event.event) {
    case "message":
    case "edit_message":
    case "delete_message":
    case "note":
    case "edit_note":
    case "delete_note":
      return `${event.event}: ${event.payload.content}`;
    default:
      return `${event.event}: ${event.payload.topic}`;
  }
}

const opened = found(
  await casey.POST("/api/v1/tickets", { body: { topic: "From TypeScript", description: "It does not start." } }),
);
const path = { ticket_id: opened.id };

found(await ada.PUT("/api/v1/agents/{agent_id}", { params: { path: { agent_id: "ada" } }, body: { on_duty: true } }));
found(await ada.PATCH("/api/v1/tickets/{ticket_id}", { params: { path }, body: { assignee: "ada" } }));
const changed = found(
  await ada.PATCH("/api/v1/tickets/{ticket_id}", { params: { path }, body: { issue_level: "URGENT" } }),
);

const posted = found(
  await casey.POST("/api/v1/tickets/{ticket_id}/messages", { params: { path }, body: { content: "Hello?" } }),
);
const listed = found(await ada.GET("/api/v1/tickets", { params: { query: { status: ["OPEN"], sort: "-created_at" } } }));
const refused = await casey.GET("/api/v1/users");

const first = found(await casey.GET("/api/v1/events", { params: { query: { limit: 1 } } }));
const after = first[0]?.event_id;
const rest = found(await casey.GET("/api/v1/events", { params: { query: after === undefined ? {} : { after } } }));

console.log(
  JSON.stringify({
    ticket: opened.id,
    level: changed.issue_level,
    assignee: changed.assignee?.id ?? null,
    closed_at: changed.closed_at,
    seq: posted.seq,
    listed: listed.map((ticket) => ticket.id),
    refused: refused.error?.code ?? null,
    events: [...first, ...rest].map(lineOf),
  }),
);
