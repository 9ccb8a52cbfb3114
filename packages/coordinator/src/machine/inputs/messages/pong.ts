/** `pong`: a sign of life, which `receiveFrame` has already recorded. */
import type { Handler } from "./handler.ts";

export const handlePong: Handler<"pong"> = () => undefined;
