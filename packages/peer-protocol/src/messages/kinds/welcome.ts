/** `welcome`: the coordinator's answer to `hello`. */
import { z } from "zod";
import { version } from "../../schema/amounts.ts";
import { list } from "../../schema/list.ts";
import { ip } from "../../schema/network.ts";
import { ascii, openName, peerId } from "../../schema/text.ts";
import { FROM_COORDINATOR, type MessageDefinition } from "../message-definition.ts";
import { MAX_FEATURES } from "./hello.ts";

/** Maximum number of addresses of a coordinator. */
export const MAX_COORDINATOR_ADDRESSES = 16;

/** Sent once by the coordinator, as the answer to a valid `hello`. Then the peer registers. */
export interface Welcome {
  readonly type: "welcome";
  /** The version that both use from now on: the highest in both ranges. */
  readonly version: number;
  /** The coordinator's features beyond that version. */
  readonly features: readonly string[];
  /** The peer's own id, as the coordinator computes it from the identity: for logs and as a check. */
  readonly peer: string;
  /**
   * The peer's address as the coordinator sees it on this connection. An IPv4 peer behind a NAT learns its home NAT's
   * public address this way. It must not forward to that address.
   */
  readonly observed: string;
  /**
   * All addresses of the coordinator. An IPv4 peer forwards nothing to them. Proofs of prefix come from one of them.
   */
  readonly addresses: readonly string[];
  /**
   * Seconds of silence after which each side sends `ping`, 5 … 300. After three times as long, the connection counts as
   * dead.
   */
  readonly keepAlive: number;
  /** Name and version of the program, for people. */
  readonly software?: string;
}

/** See {@link Welcome}. */
export const welcome: MessageDefinition<Welcome> = {
  type: "welcome",
  directions: FROM_COORDINATOR,
  schema: z.object({
    type: z.literal("welcome"),
    version,
    features: list(openName, MAX_FEATURES),
    peer: peerId,
    observed: ip,
    addresses: list(ip, MAX_COORDINATOR_ADDRESSES, 1),
    keepAlive: z.int().min(5).max(300),
    software: z.exactOptional(ascii(64)),
  }),
};
