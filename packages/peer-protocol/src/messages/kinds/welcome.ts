/** `welcome`: the coordinator's answer to `hello`. */
import { z } from "zod";
import { version } from "../../schema/amounts.ts";
import { list } from "../../schema/list.ts";
import { ip } from "../../schema/network.ts";
import { ascii, openName, peerId } from "../../schema/text.ts";
import { FROM_COORDINATOR, type MessageDefinition } from "../message-definition.ts";
import { MAX_FEATURES } from "./hello.ts";

/** Most addresses that a coordinator may have. */
export const MAX_COORDINATOR_ADDRESSES = 16;

/** Sent once by the coordinator, as the answer to a good `hello`. Then the peer registers. */
export interface Welcome {
  readonly type: "welcome";
  /** The version that both speak from here on: the highest that is in both ranges. */
  readonly version: number;
  /** What the coordinator can do beyond that version. */
  readonly features: readonly string[];
  /** The peer's own id, as the coordinator reckons it from the identity: good for a log line and for a check. */
  readonly peer: string;
  /**
   * The peer's address as the coordinator sees it on this connection. An IPv4 peer behind a NAT learns its home NAT's
   * public address so, to which it must not forward.
   */
  readonly observed: string;
  /** Every address of the coordinator. An IPv4 peer forwards nothing to them; proofs of prefix come from one. */
  readonly addresses: readonly string[];
  /** Seconds without a message after which each side sends `ping`, 5 … 300. Three times as long means dead. */
  readonly keepAlive: number;
  /** Name and version of the program, for humans. */
  readonly software?: string;
}

/** See {@link Welcome}. */
export const welcome: MessageDefinition<Welcome> = {
  type: "welcome",
  ways: FROM_COORDINATOR,
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
