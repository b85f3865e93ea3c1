export { Conversation } from "./conversation.js";
export { GuildeskError } from "./basics.js";
export { Guildesk } from "./guildesk.js";
