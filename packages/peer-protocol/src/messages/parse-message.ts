/** Parses the object of a frame to a message, and creates the answer if it is invalid. Nothing here throws. */
import type { z } from "zod";
import type { JsonObject } from "../frame/decoder.ts";
import type { FrameFault } from "../frame/fault.ts";
import { MAX_SENTENCE_LENGTH } from "../schema/text.ts";
import { MESSAGES, type Message, type MessageType } from "./all-messages.ts";
import type { ErrorMessage } from "./kinds/error.ts";
import type { MessageDefinition, MessageDirection } from "./message-definition.ts";
import { ERROR_CODES, type ErrorCode } from "./reasons/error-codes.ts";

/** Why an object is not a valid message. */
export interface MessageFault {
  readonly code: "unknown-type" | "invalid-message" | "wrong-way";
  /** A sentence for people. It names the field and never repeats its value. */
  readonly sentence: string;
  /** The type, if it is one that this version knows. */
  readonly regarding?: MessageType;
}

/** The result of {@link parseMessage}. */
export type ParsedMessage =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly fault: MessageFault };

/**
 * Checks an object; `direction` is where it came from and goes to. Unknown fields are omitted from the message. While a
 * coordinator does not know the role of a peer, it can pass the direction of either role, because it then accepts only
 * `hello`.
 */
export function parseMessage(object: JsonObject, direction: MessageDirection): ParsedMessage {
  const { type } = object;
  if (!isMessageType(type)) {
    const sentence = typeof type === "string" ? ERROR_CODES["unknown-type"].sentence : "type: expected a string";
    return { ok: false, fault: { code: typeof type === "string" ? "unknown-type" : "invalid-message", sentence } };
  }
  const definition: MessageDefinition<Message> = MESSAGES[type];
  if (!definition.directions.includes(direction)) {
    return { ok: false, fault: { code: "wrong-way", sentence: ERROR_CODES["wrong-way"].sentence, regarding: type } };
  }
  const result = definition.schema.safeParse(object);
  if (result.success) return { ok: true, message: result.data };
  return { ok: false, fault: { code: "invalid-message", sentence: describe(result.error), regarding: type } };
}

/** Whether a value is a message type of this version. */
export function isMessageType(type: unknown): type is MessageType {
  return typeof type === "string" && Object.hasOwn(MESSAGES, type);
}

/**
 * Creates the `error` that answers a fault. Returns `undefined` if none may be sent: errors are not answered with
 * errors, so that two programs cannot loop.
 */
export function answerTo(fault: FrameFault | MessageFault): ErrorMessage | undefined {
  if (typeof fault === "string") return makeError(fault);
  if (fault.regarding === "error") return undefined;
  const { code, sentence, regarding } = fault;
  return { ...makeError(code), message: sentence, ...(regarding === undefined ? {} : { regarding }) };
}

/** Creates an `error` with the sentence of its code, and further fields. */
export function makeError(
  code: ErrorCode,
  more: Partial<Pick<ErrorMessage, "message" | "regarding" | "pair" | "retryAfter">> = {},
): ErrorMessage {
  const { sentence, temporary } = ERROR_CODES[code];
  return { type: "error", code, message: sentence, temporary, ...more };
}

/** The first defect. The path contains only known keys, because unknown ones are ignored. */
function describe(error: z.ZodError): string {
  const [{ path, message }] = error.issues;
  return `${path.map(String).join(".")}: ${message}`.slice(0, MAX_SENTENCE_LENGTH);
}
