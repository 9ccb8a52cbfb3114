/** Text of the files that `v6peer dns64` writes and reads back, without I/O. */
export { type FileContent, HEADER, MARKERS, managedText } from "./managed-text.ts";
export { rememberedIn, rememberedLines } from "./memory.ts";
export { type Dns64Plan, type Dns64Server, SERVERS } from "./servers/index.ts";
