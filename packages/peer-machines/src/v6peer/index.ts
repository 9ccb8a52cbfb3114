/** The machine of an IPv6 peer. */

export type { ExitControl, V6PeerOptions, V6PeerSettings } from "./options.ts";
export type { PeerEvent, SendMessage, SendPacket, StoreSelectors, V6PeerOutput } from "./outputs.ts";
export type { RegistrationState } from "./registration/registration.ts";
export { SELECTOR_LIFETIME_MS, type SelectorRecord } from "./selector-book.ts";
export type { ExitDescription } from "./status.ts";
export { V6Peer } from "./v6-peer.ts";
