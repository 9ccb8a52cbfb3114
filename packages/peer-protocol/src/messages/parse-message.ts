/** Parses the object of a frame to a message, and creates the answer if it is invalid. Nothing here throws. */
import type { z } from "zod";
import type { JsonObject } from "../frame/decoder.ts";
import type { FrameFault } from "../frame/fault.ts";
import { MAX_SENTENCE_LENGTH, openName } from "../schema/text.ts";
import { MESSAGES, type Message, type MessageType } from "./all-messages.ts";
import type { ErrorMessage } from "./kinds/error.ts";
import type { MessageDefinition, MessageDirection } from "./message-definition.ts";
import { ERROR_CODES, type ErrorCode } from "./reasons/error-codes.ts";

/** Why an object is not a valid message. */
export interface MessageFault {
  readonly code: "unknown-type" | "invalid-message" | "wrong-way";
  /** A sentence for people. It names the field and never repeats its value. */
  readonly sentence: string;
  /** The type of the message, if it is a name. */
  readonly regarding?: string;
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
    if (typeof type !== "string") {
      return { ok: false, fault: { code: "invalid-message", sentence: "type: missing, or of the wrong type." } };
    }
    const { sentence } = ERROR_CODES["unknown-type"];
    const named = openName.safeParse(type).success ? { regarding: type } : {};
    return { ok: false, fault: { code: "unknown-type", sentence, ...named } };
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
  more: Partial<Pick<ErrorMessage, "message" | "regarding" | "pair" | "versions" | "retryAfter">> = {},
): ErrorMessage {
  const { sentence, temporary } = ERROR_CODES[code];
  return { type: "error", code, message: sentence, temporary, ...more };
}

/**
 * The first defect, in words of the protocol: those of the validator would change with its versions. The path contains only
 * known keys, because unknown ones are ignored.
 */
function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue.path.map(String).join(".")}: ${defectOf(issue)}.`.slice(0, MAX_SENTENCE_LENGTH);
}

function defectOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return "missing, or of the wrong type";
    case "too_small":
      return "too small or too short";
    case "too_big":
      return "too large or too long";
    case "invalid_value":
      return "not a value of this version";
    case "custom":
      return issue.message;
    case "invalid_format":
      // The other formats have no sentence of their own.
      return issue.format === "regex" ? issue.message : "wrong";
    default:
      return "wrong";
  }
}
