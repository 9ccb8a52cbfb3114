/** `hello`: the first message of a connection. */
import { z } from "zod";
import { type VersionRange, versionRange } from "../../schema/amounts.ts";
import { publicKey, signature } from "../../schema/binary-fields.ts";
import { list } from "../../schema/list.ts";
import { ascii, openName } from "../../schema/text.ts";
import { type MessageDefinition, type Role, TO_COORDINATOR } from "../message-definition.ts";

/** Maximum number of features that one side may list. */
export const MAX_FEATURES = 32;

/**
 * Sent once by the peer, before anything else. Answer: `welcome`, or an `error` (`no-common-version`, `bad-signature`,
 * `not-enrolled`, `out-of-order`, `full`) after which the coordinator closes the connection.
 */
export interface Hello {
  readonly type: "hello";
  readonly role: Role;
  readonly versions: VersionRange;
  /** Names of features beyond the version. Unknown ones are ignored. */
  readonly features: readonly string[];
  /** The peer's Ed25519 public key, 32 bytes. */
  readonly identity: string;
  /** Signature of `helloBytes`: role and key, bound to this TLS connection, 64 bytes. */
  readonly signature: string;
  /** Name and version of the program, for people. */
  readonly software?: string;
  /** An invite, if the coordinator requires one; at most 128 printable characters. It is a secret. */
  readonly invite?: string;
}

/** See {@link Hello}. */
export const hello: MessageDefinition<Hello> = {
  type: "hello",
  directions: TO_COORDINATOR,
  schema: z.object({
    type: z.literal("hello"),
    role: z.enum(["v6peer", "v4peer"]),
    versions: versionRange,
    features: list(openName, MAX_FEATURES),
    identity: publicKey,
    signature,
    software: z.exactOptional(ascii(64)),
    invite: z.exactOptional(ascii(128)),
  }),
};
