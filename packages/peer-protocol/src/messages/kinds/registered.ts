/** `registered`: the coordinator accepts a proof. */
import { z } from "zod";
import { ipv4, pool, port } from "../../schema/network.ts";
import { FROM_COORDINATOR, type MessageDefinition } from "../message-definition.ts";

/**
 * Sent by the coordinator when a registration is valid, as the answer to `prove`, `mapped` or a repeated `register-v6`.
 */
export type Registered =
  | {
      readonly type: "registered";
      readonly role: "v6peer";
      /** The proven /80. */
      readonly prefix: string;
    }
  | {
      readonly type: "registered";
      readonly role: "v4peer";
      /** The proven mapping's IPv4 address. */
      readonly address: string;
      /** The proven mapping's UDP port. */
      readonly port: number;
    };

/** See {@link Registered}. */
export const registered: MessageDefinition<Registered> = {
  type: "registered",
  directions: FROM_COORDINATOR,
  schema: z.discriminatedUnion("role", [
    z.object({ type: z.literal("registered"), role: z.literal("v6peer"), prefix: pool }),
    z.object({ type: z.literal("registered"), role: z.literal("v4peer"), address: ipv4, port }),
  ]),
};
