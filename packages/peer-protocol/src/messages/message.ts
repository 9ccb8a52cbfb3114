/** All messages. */
import { type Accept, accept } from "./accept.ts";
import { type Away, away } from "./away.ts";
import { type Bubble, bubble } from "./bubble.ts";
import { type Challenge, challenge } from "./challenge.ts";
import { type Decline, decline } from "./decline.ts";
import type { MessageDefinition } from "./definition.ts";
import { type Drain, drain } from "./drain.ts";
import { type ErrorMessage, error } from "./error.ts";
import { type GetPrefixes, getPrefixes } from "./get-prefixes.ts";
import { type Goodbye, goodbye } from "./goodbye.ts";
import { type Hello, hello } from "./hello.ts";
import { type Mapped, mapped } from "./mapped.ts";
import { type Offer, offer } from "./offer.ts";
import { type PairMessage, pair } from "./pair.ts";
import { type Path, path } from "./path.ts";
import { type Ping, ping } from "./ping.ts";
import { type Pong, pong } from "./pong.ts";
import { type Prefixes, prefixes } from "./prefixes.ts";
import { type Propose, propose } from "./propose.ts";
import { type Prove, prove } from "./prove.ts";
import { type RegisterV4, registerV4 } from "./register-v4.ts";
import { type RegisterV6, registerV6 } from "./register-v6.ts";
import { type Registered, registered } from "./registered.ts";
import { type Solicit, solicit } from "./solicit.ts";
import { type Unpair, unpair } from "./unpair.ts";
import { type Welcome, welcome } from "./welcome.ts";

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
