/** The messages, one file each. */

export { type Accept, DEFAULT_PORT_BLOCK, type PortBlock, SMALLEST_PORT_BLOCK } from "./accept.ts";
export type { Away } from "./away.ts";
export type { Bubble } from "./bubble.ts";
export type { Challenge } from "./challenge.ts";
export { DECLINE_REASONS, type Decline } from "./decline.ts";
export type { MessageDefinition, Role, Way } from "./definition.ts";
export { DRAIN_GRACE_SECONDS, type Drain, MAX_DRAIN_SECONDS } from "./drain.ts";
export { encodeFrame } from "./encode-frame.ts";
export type { ErrorMessage } from "./error.ts";
export { ERROR_CODES, type ErrorCode, type ErrorCodeInfo, type MessageErrorCode } from "./error-codes.ts";
export type { GetPrefixes } from "./get-prefixes.ts";
export { GOODBYE_REASONS, type Goodbye } from "./goodbye.ts";
export { type HeldPair, MAX_PAIRS, MAX_WANTS } from "./held-pair.ts";
export { type Hello, MAX_FEATURES, type VersionRange } from "./hello.ts";
export { type Mapped, NAT_KINDS, type NatKind } from "./mapped.ts";
export { MESSAGES, type Message, type MessageOf, type MessageType } from "./message.ts";
export type { Offer } from "./offer.ts";
export { PAIR_REASONS, type PairLimits, type PairMessage } from "./pair.ts";
export {
  answerTo,
  isMessageType,
  type MessageFault,
  makeError,
  type ParsedMessage,
  parseMessage,
} from "./parse.ts";
export { MAX_RTT_MS, PATH_STATES, type Path, type PathState } from "./path.ts";
export { MAX_PING_ID, type Ping } from "./ping.ts";
export { type ExitPolicy, MAX_SERVICES, type Service } from "./policy.ts";
export type { Pong } from "./pong.ts";
export { MAX_SHARED_PREFIXES, type Prefixes, type SharedPrefix, sharedPrefixSchema } from "./prefixes.ts";
export type { Propose } from "./propose.ts";
export { PREFIX_PROOFS, type Prove } from "./prove.ts";
export { DEFAULT_MAX_PAIRS, type RegisterV4 } from "./register-v4.ts";
export { DEFAULT_EXITS, MAX_EXITS, type RegisterV6 } from "./register-v6.ts";
export type { Registered } from "./registered.ts";
export { MAX_SOLICITATION_INTERVAL_SECONDS, type Solicit } from "./solicit.ts";
export { UNPAIR_REASONS, type Unpair } from "./unpair.ts";
export { MAX_COORDINATOR_ADDRESSES, type Welcome } from "./welcome.ts";
