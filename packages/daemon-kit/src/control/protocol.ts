/**
 * The control protocol: newline-delimited JSON over a Unix socket. Each line of the client is a {@link Request}; each
 * is answered with lines of the same `id`: none or more with a `part`, then one with a `result` or an `error`.
 */
import { z } from "zod";

/** Version of the protocol; a daemon answers requests of its own version only. */
export const PROTOCOL_VERSION = 1;

/** Longest line of a client, in bytes. */
export const MAX_REQUEST_BYTES: number = 64 * 1024;

/** One line of a client. */
export interface Request {
  readonly v: typeof PROTOCOL_VERSION;
  readonly id: number;
  readonly method: string;
  /** As the method's schema made them. */
  readonly params: unknown;
}

/** Stable codes of errors. `refused`: understood, and not so. */
export type ControlErrorCode =
  | "bad-request"
  | "unsupported-version"
  | "unknown-method"
  | "too-long"
  | "refused"
  | "internal";

/** One line of the daemon. */
export type Response =
  | { readonly v: number; readonly id: number | null; readonly part: unknown }
  | { readonly v: number; readonly id: number | null; readonly result: unknown }
  | {
      readonly v: number;
      readonly id: number | null;
      readonly error: { readonly code: ControlErrorCode; readonly message: string };
    };

/** Why a line is not a valid request. */
export interface BadRequest {
  readonly id: number | null;
  readonly code: ControlErrorCode;
  readonly message: string;
}

/** A method, as far as reading requests needs it. */
export interface MethodSchema {
  readonly params: z.ZodType;
}

const requestSchema = z.object({
  v: z.literal(PROTOCOL_VERSION),
  id: z.int().min(0),
  method: z.string(),
  params: z.unknown().optional(),
});

const responseSchema = z.object({
  v: z.number(),
  id: z.number().nullable(),
  part: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** Reads one line of a client. */
export function parseRequest(line: string, methods: Readonly<Record<string, MethodSchema>>): Request | BadRequest {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    return { id: null, code: "bad-request", message: "not JSON: expected one JSON object on each line" };
  }
  const parsed = requestSchema.safeParse(data);
  if (!parsed.success) return complain(data, parsed.error);
  const { id, method, params } = parsed.data;
  if (!Object.hasOwn(methods, method)) {
    return { id, code: "unknown-method", message: `method: expected one of ${Object.keys(methods).join(", ")}` };
  }
  const checked = methods[method].params.safeParse(params ?? {});
  if (checked.success) return { v: PROTOCOL_VERSION, id, method, params: checked.data };
  return { id, code: "bad-request", message: describeIssue(checked.error.issues[0], ["params"]) };
}

/** Reads one line of a daemon; `undefined` when it is not of this protocol. */
export function parseResponse(line: string): Response | undefined {
  try {
    const parsed = responseSchema.safeParse(JSON.parse(line));
    return parsed.success ? (parsed.data as Response) : undefined;
  } catch {
    return undefined;
  }
}

function complain(data: unknown, error: z.ZodError): BadRequest {
  const { id, v } = (data ?? {}) as { id?: unknown; v?: unknown };
  const known = typeof id === "number" && Number.isSafeInteger(id) && id >= 0 ? id : null;
  const issue = error.issues.find((each) => each.path[0] === "v") ?? error.issues[0];
  if (issue.path[0] === "v" && typeof v === "number") {
    return { id: known, code: "unsupported-version", message: `this daemon speaks version ${PROTOCOL_VERSION}` };
  }
  return { id: known, code: "bad-request", message: describeIssue(issue, []) };
}

function describeIssue(issue: z.core.$ZodIssue, parents: readonly string[]): string {
  const path = [...parents, ...issue.path].map(String).join(".");
  return path === "" ? issue.message : `${path}: ${issue.message}`;
}
