/** Tables of both peers' files about the audit log and the terms of service. */
import type { z } from "zod";
import { absolutePath, printable } from "./common-fields.ts";
import { flag, integer, oneOf, table } from "./fields.ts";

/** `[audit-log]` of an IPv4 peer, who sees no clients. */
export interface AuditLogTable {
  /** Left out: on, but off in a laboratory. */
  readonly enabled?: boolean | undefined;
  readonly "retention-days": number;
  /** Bytes of all days together. */
  readonly "max-bytes": number;
  /** Left out: beside what else the daemon keeps. */
  readonly directory?: string | undefined;
}

/** `[audit-log]` of an IPv6 peer. */
export interface ClientAuditLogTable extends AuditLogTable {
  /** How clients are recorded: not at all, as a keyed hash of their /64, or as their /64. */
  readonly clients: "off" | "hashed" | "plain";
  /** Days after which the key of a hash is deleted, so that it can no longer be compared with a network. */
  readonly "hash-key-days": number;
}

/** `[complaints]`. */
export interface ComplaintsTable {
  /** Where the terms of service can be read, for letters. */
  readonly terms?: string | undefined;
}

const MEBIBYTE = 1024 * 1024;

const common = {
  enabled: flag().optional(),
  "retention-days": integer(1, 3650).default(90),
  "max-bytes": integer(MEBIBYTE, 1024 * 1024 * MEBIBYTE, " of bytes").default(1024 * MEBIBYTE),
  directory: absolutePath("a directory").optional(),
};

/** See {@link AuditLogTable}. */
export function auditLogTable(): z.ZodType<AuditLogTable> {
  return table(common);
}

/** See {@link ClientAuditLogTable}. */
export function clientAuditLogTable(): z.ZodType<ClientAuditLogTable> {
  return table({
    ...common,
    clients: oneOf(["off", "hashed", "plain"]).default("off"),
    "hash-key-days": integer(1, 3650).default(7),
  });
}

/** See {@link ComplaintsTable}. */
export function complaintsTable(): z.ZodType<ComplaintsTable> {
  const url = printable("a URL", 254).refine((value) => /^https?:\/\/[!#-[\]-~]+$/.test(value), {
    error: 'expected a URL such as "https://example.net/terms"',
  });
  return table({ terms: url.optional() });
}
