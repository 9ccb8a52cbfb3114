/** Metrics for Prometheus, and the small HTTP server that they come from. */
export { isAllowedHost } from "./allowed-host.ts";
export { byName, counter, type Definition, gauge, type Sample } from "./definition.ts";
export { type HttpAnswer, type HttpHeaders, HttpServer, type OnGet, text } from "./http-server.ts";
export { type ClosableServer, MovableServer, type ServerAddress } from "./movable-server.ts";
export { createRegistry, register } from "./registry.ts";
export { serveMetrics } from "./serve.ts";
