/** The machines of both peers, sans-IO: the connection to the coordinator, pairs and paths. */
export * from "./connection/index.ts";
export * from "./v4/index.ts";
export * from "./v6/index.ts";
