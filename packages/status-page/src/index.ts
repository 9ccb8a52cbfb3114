/** What the status page of an IPv6 peer is told, and what it says of it. The page itself is `@nat64/status-page/files`. */
export { DROP_WORDS, dropWords } from "./data/drop-words.ts";
export { findNotices, type Notice, type NoticeCode, type Severity } from "./data/notices.ts";
export * from "./data/page-data.ts";
export type { DropWords, Weight } from "./data/words.ts";
