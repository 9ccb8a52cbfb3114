/**
 * The list of all messages. To add one: its file in `kinds/`, its three lines here (import, {@link Message},
 * {@link MESSAGES}), its type in `index.ts`, its section in `PROTOCOL.md`, and its handler in
 * `coordinator/src/machine/inputs/messages/` or in the machines of the peers.
 */
import { type Accept, accept } from "./kinds/accept.ts";
import { type Away, away } from "./kinds/away.ts";
import { type Bubble, bubble } from "./kinds/bubble.ts";
import { type Challenge, challenge } from "./kinds/challenge.ts";
import { type Decline, decline } from "./kinds/decline.ts";
import { type Drain, drain } from "./kinds/drain.ts";
import { type ErrorMessage, error } from "./kinds/error.ts";
import { type GetPrefixes, getPrefixes } from "./kinds/get-prefixes.ts";
import { type Goodbye, goodbye } from "./kinds/goodbye.ts";
import { type Hello, hello } from "./kinds/hello.ts";
import { type Mapped, mapped } from "./kinds/mapped.ts";
import { type Offer, offer } from "./kinds/offer.ts";
import { type PairMessage, pair } from "./kinds/pair.ts";
import { type Path, path } from "./kinds/path.ts";
import { type Ping, ping } from "./kinds/ping.ts";
import { type Pong, pong } from "./kinds/pong.ts";
import { type Prefixes, prefixes } from "./kinds/prefixes.ts";
import { type Propose, propose } from "./kinds/propose.ts";
import { type Prove, prove } from "./kinds/prove.ts";
import { type RegisterV4, registerV4 } from "./kinds/register-v4.ts";
import { type RegisterV6, registerV6 } from "./kinds/register-v6.ts";
import { type Registered, registered } from "./kinds/registered.ts";
import { type Solicit, solicit } from "./kinds/solicit.ts";
import { type Unpair, unpair } from "./kinds/unpair.ts";
import { type Welcome, welcome } from "./kinds/welcome.ts";
import type { MessageDefinition } from "./message-definition.ts";

/** Any message of this version. */
export type Message =
  | Hello
  | Welcome
  | RegisterV6
  | Challenge
  | Prove
  | RegisterV4
  | Solicit
  | Mapped
  | Registered
  | Propose
  | Offer
  | Accept
  | Decline
  | PairMessage
  | Away
  | Unpair
  | Bubble
  | Path
  | GetPrefixes
  | Prefixes
  | Drain
  | Ping
  | Pong
  | Goodbye
  | ErrorMessage;

/** Its `type`. */
export type MessageType = Message["type"];

/** The message of one type. */
export type MessageOf<T extends MessageType> = Extract<Message, { readonly type: T }>;

/** Every message by its type. */
export const MESSAGES: { readonly [T in MessageType]: MessageDefinition<MessageOf<T>> } = {
  hello,
  welcome,
  "register-v6": registerV6,
  challenge,
  prove,
  "register-v4": registerV4,
  solicit,
  mapped,
  registered,
  propose,
  offer,
  accept,
  decline,
  pair,
  away,
  unpair,
  bubble,
  path,
  "get-prefixes": getPrefixes,
  prefixes,
  drain,
  ping,
  pong,
  goodbye,
  error,
};
