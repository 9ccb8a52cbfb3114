/** The machines of both peers, sans-IO: the connection to the coordinator, pairs and paths. */
export * from "./coordinator-connection/index.ts";
export * from "./v4peer/index.ts";
export * from "./v6peer/index.ts";
