/** Why a packet is not accepted as a probe. The codes are stable. */
export type ProbeFault =
  | "not-a-probe"
  | "wrong-size"
  | "wrong-checksum"
  | "unknown-version"
  | "wrong-number"
  | "turned-round"
  | "wrong-pair"
  | "wrong-address"
  | "wrong-mac"
  | "replayed"
  | "unknown-nonce"
  | "too-late"
  | "wrong-relay";

/**
 * A sentence for people for each fault. The last four are for the machines that keep nonces and relays; they are here
 * so that both peers count under the same names.
 */
export const PROBE_FAULTS: Readonly<Record<ProbeFault, string>> = {
  "not-a-probe": "The packet is not an ICMPv6 echo message with a probe in it.",
  "wrong-size": "The probe does not have the length of a probe.",
  "wrong-checksum": "The ICMPv6 checksum is wrong.",
  "unknown-version": "The probe has another version.",
  "wrong-number": "The message number is invalid or does not fit the ICMPv6 type.",
  "turned-round": "The probe is for the other direction: it was reflected.",
  "wrong-pair": "The probe is about another pair.",
  "wrong-address": "The addresses of the probe are not those of the pair.",
  "wrong-mac": "The MAC is wrong: the probe is not from the other end of the pair.",
  replayed: "The nonce has been used before.",
  "unknown-nonce": "The nonce was never sent.",
  "too-late": "The probe arrived too late.",
  "wrong-relay": "The probe came through a relay other than the one that was used.",
};
