/** `solicit`: tells an IPv4 peer how to prove its mapping to the coordinator. */
import { z } from "zod";
import { binaryField, REGISTRATION_KEY_LENGTH, TOKEN_LENGTH } from "../../schema/binary-fields.ts";
import { type Endpoint, endpoint } from "../../schema/network.ts";
import type { MessageDefinition } from "../message-definition.ts";

/** Longest time between two Router Solicitations, in seconds. Many NATs remove UDP mappings after 30 s of silence. */
export const MAX_SOLICITATION_INTERVAL_SECONDS = 25;

/**
 * Sent by the coordinator after `register-v4`. The IPv4 peer then sends Router Solicitations (RFC 4380 §5.2.1) to
 * `primary` and, to learn its NAT's kind, to `secondary`, authenticated as in `solicitation/`; each valid one is
 * answered with a Router Advertisement, and `mapped` returns the nonce in it. A further `solicit` replaces token and
 * key.
 */
export interface Solicit {
  readonly type: "solicit";
  /** The client identifier, 16 bytes. */
  readonly token: string;
  /** For the HMACs, 32 bytes. It is a secret. */
  readonly key: string;
  /**
   * The Teredo server of this peer. The pairs' Teredo addresses contain its address. The port is 3544 except in labs.
   */
  readonly primary: Endpoint;
  /** Another address or port of the coordinator. */
  readonly secondary: Endpoint;
  /** Seconds between two solicitations to `primary`, 5 … 25: they keep the mapping alive. */
  readonly interval: number;
}

/** See {@link Solicit}. */
export const solicit: MessageDefinition<Solicit> = {
  type: "solicit",
  directions: ["coordinator-to-v4peer"],
  schema: z.object({
    type: z.literal("solicit"),
    token: binaryField(TOKEN_LENGTH),
    key: binaryField(REGISTRATION_KEY_LENGTH),
    primary: endpoint,
    secondary: endpoint,
    interval: z.int().min(5).max(MAX_SOLICITATION_INTERVAL_SECONDS),
  }),
};
