/** `pong`: that it came is all that it says, and the connection has noted that. */
import type { Handler } from "./handler.ts";

export const handlePong: Handler<"pong"> = () => {};
