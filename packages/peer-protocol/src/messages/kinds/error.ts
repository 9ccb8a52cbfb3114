/** `error`: a request failed. */
import { z } from "zod";
import { seconds, type VersionRange, versionRange } from "../../schema/amounts.ts";
import { pairId } from "../../schema/binary-fields.ts";
import { openName, sentence } from "../../schema/text.ts";
import { ALL_DIRECTIONS, type MessageDefinition } from "../message-definition.ts";

/** Sent by either side. It is never answered with another error. Codes: see `error-codes.ts`. */
export interface ErrorMessage {
  readonly type: "error";
  /** Stable; a newer version may add codes. */
  readonly code: string;
  /** A sentence for people that says what was wrong and what to do. */
  readonly message: string;
  /** Whether a retry may succeed later without any change. */
  readonly temporary: boolean;
  /** Type of the message that caused the error, if it could be read. */
  readonly regarding?: string;
  /** The pair that the error is about, 16 bytes. */
  readonly pair?: string;
  /** With `no-common-version`: the versions that the sender speaks. */
  readonly versions?: VersionRange;
  /** Seconds before which a retry is pointless. */
  readonly retryAfter?: number;
}

/** See {@link ErrorMessage}. */
export const error: MessageDefinition<ErrorMessage> = {
  type: "error",
  directions: ALL_DIRECTIONS,
  schema: z.object({
    type: z.literal("error"),
    code: openName,
    message: sentence,
    temporary: z.boolean(),
    regarding: z.exactOptional(openName),
    pair: z.exactOptional(pairId),
    versions: z.exactOptional(versionRange),
    retryAfter: z.exactOptional(seconds),
  }),
};
