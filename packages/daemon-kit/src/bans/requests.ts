/** Requests about bans on a control socket, the same for all programs. */
import { z } from "zod";
import { type ListedBan, MAX_BAN_SECONDS, MAX_NAME_LENGTH, MAX_TARGET_LENGTH, MAX_WHY_LENGTH } from "./ban.ts";

/** Parameters of `ban`. */
export interface BanRequest {
  /** What the operator typed. */
  readonly target: string;
  /** Seconds; left out, the ban has no end. */
  readonly seconds?: number | undefined;
  readonly why?: string | undefined;
  readonly by: string;
  /** The address from which the operator is logged in: not to be banned by mistake. */
  readonly from?: string | undefined;
  /** Ban it even if that covers everything or this host. */
  readonly force?: boolean | undefined;
}

/** Answer to `ban` and `unban`. */
export interface BanReport {
  readonly ban: ListedBan;
  /** What it covers, or covered, in a clause. */
  readonly covers: string;
  /** Of `ban`: whether a ban of the same target was replaced. */
  readonly replaced?: boolean;
  /** Of `unban`: bans that still cover the target or a part of it. */
  readonly others?: readonly string[];
  /** Why the bans could not be saved: a restart would forget the change. */
  readonly problem?: string;
}

/** Parameters of `unban`. */
export interface UnbanRequest {
  readonly target: string;
  readonly by: string;
}

/** Answer to `bans`, whose parts are lists of {@link ListedBan}s. */
export interface BansReport {
  readonly listed: number;
  readonly problem?: string;
}

const printable = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[^\p{Cc}]*$/u, "must not have control characters");

/** See {@link BanRequest}. */
export const banSchema: z.ZodType<BanRequest> = z.object({
  target: printable(MAX_TARGET_LENGTH),
  seconds: z.int().min(1).max(MAX_BAN_SECONDS).optional(),
  why: printable(MAX_WHY_LENGTH).optional(),
  by: printable(MAX_NAME_LENGTH),
  from: printable(MAX_TARGET_LENGTH).optional(),
  force: z.boolean().optional(),
});

/** See {@link UnbanRequest}. */
export const unbanSchema: z.ZodType<UnbanRequest> = z.object({
  target: printable(MAX_TARGET_LENGTH),
  by: printable(MAX_NAME_LENGTH),
});
