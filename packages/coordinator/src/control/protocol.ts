/** The requests that `nat64-coordinator` answers on its control socket, and the answers. */
import type { ReloadReport, ReloadStatus } from "@nat64/daemon-kit/program";
import type { NatKind, Role } from "@nat64/peer-protocol";
import { z } from "zod";
import type { EnrolmentMode } from "../machine/index.ts";

/** How full a table is. */
export interface Usage {
  readonly used: number;
  readonly limit: number;
}

/** Peers of one role. */
export interface PeerCounts {
  /** Connected, or disconnected for a short time. */
  readonly known: number;
  /** With a proved prefix or mapping. */
  readonly registered: number;
}

/** Answer to `status`; the output of `nat64-coordinator status --json`. */
export interface Status {
  readonly version: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly uptimeSeconds: number;
  /** Whether it is shutting down. */
  readonly draining: boolean;
  /** The configuration in use, and whether the last reload was refused. */
  readonly config: ReloadStatus;
  /** `sha256//…`: the pin of the certificate in use. */
  readonly pin: string;
  readonly enrolment: EnrolmentMode;
  readonly peers: { readonly v6peer: PeerCounts; readonly v4peer: PeerCounts };
  readonly pairs: {
    /** Agreed on. */
    readonly live: number;
    /** … whose path is up, or down, as the IPv6 peer reports. */
    readonly up: number;
    readonly down: number;
    /** … that an end drains. */
    readonly draining: number;
    /** Proposals that wait for an answer. */
    readonly proposed: number;
  };
  /** Prefixes that were proved, and those of them in the public list. */
  readonly prefixes: { readonly proved: number; readonly listed: number };
  readonly usage: {
    readonly connections: Usage;
    readonly peers: Usage;
    /** Pairs and proposals. */
    readonly pairs: Usage;
    /** Claims to held pairs that wait for the other end. */
    readonly heldPairs: Usage;
    /** Proofs of prefix in progress. */
    readonly challenges: Usage;
  };
}

/** Parameters of `peers`. */
export interface PeersRequest {
  /** Whether to include addresses, mappings and unlisted prefixes. */
  readonly addresses: boolean;
}

/** One peer; the parts of the answer to `peers` are lists of these. */
export interface PeerStatus {
  readonly id: string;
  readonly role: Role;
  /** `registered`: it gets pairs; `connected`: it has not proved its prefix or mapping; `disconnected`: it may come back. */
  readonly state: "registered" | "connected" | "disconnected";
  /** When it connected or disconnected, ISO 8601. */
  readonly since: string;
  readonly draining: boolean;
  /** Name and version of its program, as it said. */
  readonly software?: string;
  /** Of an IPv4 peer. */
  readonly nat?: NatKind;
  /** Proposals that wait for an answer. */
  readonly proposals: number;
  /** Pairs by the state of their path. */
  readonly pairs: { readonly up: number; readonly down: number; readonly unknown: number };
  /** Of an IPv6 peer, if it is in the public list or if addresses were asked for. */
  readonly prefix?: string;
  /** The remote address of its connection, if addresses were asked for. */
  readonly address?: string;
  /** The mapping of an IPv4 peer, `address:port`, if addresses were asked for. */
  readonly mapping?: string;
}

/** The end of the answer to `peers`, after all parts. */
export interface PeersEnd {
  readonly peers: number;
}

/** The answer of each method. */
export interface Answers {
  readonly status: Status;
  readonly peers: PeersEnd;
  readonly reload: ReloadReport;
}

/** See {@link PeersRequest}. */
export const peersSchema: z.ZodType<PeersRequest> = z.object({ addresses: z.boolean().default(false) });
