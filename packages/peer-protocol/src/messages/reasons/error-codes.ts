/** The codes of `error` that this version sends. */
import { FRAME_FAULTS, type FrameFault } from "../../frame/fault.ts";

/** The meaning of a code. */
export interface ErrorCodeInfo {
  /** A sentence for people. An error may carry a more specific one. */
  readonly sentence: string;
  readonly temporary: boolean;
  /** Whether the sender says `goodbye` next and closes the connection; before `welcome` it always does. */
  readonly closes: boolean;
}

/** Codes in addition to those of a frame. */
export type MessageErrorCode =
  | "unknown-type"
  | "invalid-message"
  | "wrong-way"
  | "out-of-order"
  | "no-common-version"
  | "bad-signature"
  | "not-enrolled"
  | "full"
  | "too-fast"
  | "prefix-refused"
  | "prefix-unproven"
  | "prefix-lost"
  | "mapping-unproven"
  | "mapping-refused"
  | "unknown-pair"
  | "bad-agreement"
  | "internal";

/** Every code of this version. */
export type ErrorCode = FrameFault | MessageErrorCode;

const of = (sentence: string, temporary = false, closes = false): ErrorCodeInfo => ({ sentence, temporary, closes });
const ofFrame = (fault: FrameFault): ErrorCodeInfo =>
  of(FRAME_FAULTS[fault].sentence, false, FRAME_FAULTS[fault].fatal);

/** Every code with its meaning. */
export const ERROR_CODES: Readonly<Record<ErrorCode, ErrorCodeInfo>> = {
  "frame-too-long": ofFrame("frame-too-long"),
  "bad-utf8": ofFrame("bad-utf8"),
  "malformed-json": ofFrame("malformed-json"),
  "not-an-object": ofFrame("not-an-object"),
  "unknown-type": of("This version does not know messages of this type."),
  "invalid-message": of("A field of the message is missing or wrong."),
  "wrong-way": of("This type of message does not go in this direction."),
  "out-of-order": of("The message does not belong here: hello comes first, and once; answers come after questions."),
  "no-common-version": of("Both sides have no protocol version in common. Update the older one.", false, true),
  "bad-signature": of("The signature does not fit the identity, the role and this connection.", false, true),
  "not-enrolled": of("This coordinator wants an invite or an identity on its list: ask its operator.", false, true),
  full: of("No room for more. Try again later or elsewhere.", true),
  "too-fast": of("Too many messages in too short a time.", true),
  "prefix-refused": of("The prefix is not one that may be registered here: it has to be a global one."),
  "prefix-unproven": of("The nonces did not all arrive in the prefix: is it routed to this peer?", true),
  "prefix-lost": of("Another peer has since proved that the prefix is routed to it."),
  "mapping-unproven": of("The nonce is not that of a recent Router Advertisement to this mapping.", true),
  "mapping-refused": of("The mapped IPv4 address is not one that may be registered here: it has to be a global one."),
  "unknown-pair": of("There is no such pair, or this peer is not an end of it."),
  "bad-agreement": of("The offer or accept does not fit the proposal, or its signature is wrong."),
  internal: of("The other side met a fault of its own.", true),
};
