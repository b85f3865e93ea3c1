export { Conversation } from "./conversation.js";
export { GuildeskError } from "./basics.js";
export { Guildesk } from "./guildesk.js";
export type {
  Attachment,
  Entry,
  Events,
  Form,
  Message,
  NewMessage,
  NewTicket,
  Options,
  Storage,
  Ticket,
  TicketChanges,
  TokenSource,
} from "./types.js";
