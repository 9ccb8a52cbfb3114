/** The messages, one file each. */

export type { VersionRange } from "../schema/amounts.ts";
export { MESSAGES, type Message, type MessageOf, type MessageType } from "./all-messages.ts";
export { encodeFrame } from "./encode-frame.ts";
export { type ExitPolicy, MAX_SERVICES, type Service } from "./fields/exit-policy.ts";
export { type HeldPair, MAX_PAIRS, MAX_WANTS } from "./fields/held-pair.ts";
export { type Accept, DEFAULT_PORT_BLOCK, type PortBlock, SMALLEST_PORT_BLOCK } from "./kinds/accept.ts";
export type { Away } from "./kinds/away.ts";
export type { Bubble } from "./kinds/bubble.ts";
export type { Challenge } from "./kinds/challenge.ts";
export type { Decline } from "./kinds/decline.ts";
export { DRAIN_GRACE_SECONDS, type Drain, MAX_DRAIN_SECONDS } from "./kinds/drain.ts";
export type { ErrorMessage } from "./kinds/error.ts";
export type { GetPrefixes } from "./kinds/get-prefixes.ts";
export type { Goodbye } from "./kinds/goodbye.ts";
export { type Hello, MAX_FEATURES } from "./kinds/hello.ts";
export { type Mapped, NAT_KINDS, type NatKind } from "./kinds/mapped.ts";
export type { Offer } from "./kinds/offer.ts";
export type { PairLimits, PairMessage } from "./kinds/pair.ts";
export { MAX_RTT_MS, PATH_STATES, type Path, type PathState } from "./kinds/path.ts";
export { MAX_PING_ID, type Ping } from "./kinds/ping.ts";
export type { Pong } from "./kinds/pong.ts";
export { MAX_SHARED_PREFIXES, type Prefixes, type SharedPrefix, sharedPrefixSchema } from "./kinds/prefixes.ts";
export type { Propose } from "./kinds/propose.ts";
export { PREFIX_PROOFS, type Prove } from "./kinds/prove.ts";
export { DEFAULT_MAX_PAIRS, type RegisterV4 } from "./kinds/register-v4.ts";
export { DEFAULT_EXITS, MAX_EXITS, type RegisterV6 } from "./kinds/register-v6.ts";
export type { Registered } from "./kinds/registered.ts";
export { MAX_SOLICITATION_INTERVAL_SECONDS, type Solicit } from "./kinds/solicit.ts";
export type { Unpair } from "./kinds/unpair.ts";
export { MAX_COORDINATOR_ADDRESSES, type Welcome } from "./kinds/welcome.ts";
export type { MessageDefinition, MessageDirection, Role } from "./message-definition.ts";
export {
  answerTo,
  isMessageType,
  type MessageFault,
  makeError,
  type ParsedMessage,
  parseMessage,
} from "./parse-message.ts";
export { DECLINE_REASONS } from "./reasons/decline-reasons.ts";
export { ERROR_CODES, type ErrorCode, type ErrorCodeInfo, type MessageErrorCode } from "./reasons/error-codes.ts";
export { GOODBYE_REASONS } from "./reasons/goodbye-reasons.ts";
export { PAIR_REASONS } from "./reasons/pair-address-reasons.ts";
export { UNPAIR_REASONS } from "./reasons/unpair-reasons.ts";
