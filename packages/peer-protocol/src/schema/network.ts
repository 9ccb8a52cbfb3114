/**
 * Zod schemas of addresses and ports. They do not check whether an address is global: that is the receiver's policy.
 */
import { z } from "zod";
import {
  isCanonicalIPv4,
  isCanonicalIPv4Network,
  isCanonicalIPv6,
  isCanonicalPool,
  MAX_IPV6_LENGTH,
} from "../text/address.ts";

/** An IPv4 address in dotted decimal. */
export const ipv4: z.ZodType<string> = z.string().max(15).refine(isCanonicalIPv4, "expected an IPv4 address");

/** An IPv6 address in canonical text (RFC 5952 §4). */
export const ipv6: z.ZodType<string> = z
  .string()
  .max(MAX_IPV6_LENGTH)
  .refine(isCanonicalIPv6, "expected an IPv6 address in canonical text (RFC 5952)");

/** An address of either family. */
export const ip: z.ZodType<string> = z
  .string()
  .max(MAX_IPV6_LENGTH)
  .refine((text) => isCanonicalIPv4(text) || isCanonicalIPv6(text), "expected an IP address in canonical text");

/** An IPv6 peer's prefix: a /80 whose bits 64–71 are zero (RFC 6052 §2.2). */
export const pool: z.ZodType<string> = z
  .string()
  .max(MAX_IPV6_LENGTH + 3)
  .refine(isCanonicalPool, "expected a /80 in canonical text whose bits 64 to 71 are zero");

/** An IPv4 network as `address/length` without host bits. */
export const ipv4Network: z.ZodType<string> = z
  .string()
  .max(18)
  .refine(isCanonicalIPv4Network, 'expected an IPv4 address, "/" and a length, without host bits');

/** A TCP or UDP port. */
export const port: z.ZodType<number> = z.int().min(1).max(65535);

/** A pinned selector (`@nat64/rfc6052`, `SELECTOR`). */
export const pinnedSelector: z.ZodType<number> = z.int().min(0x0001).max(0xfeff);

/** An IPv4 address with a UDP port. */
export interface Endpoint {
  readonly address: string;
  /** 1 … 65535. */
  readonly port: number;
}

/** An IPv4 address with a UDP port. */
export const endpoint: z.ZodType<Endpoint> = z.object({ address: ipv4, port });
