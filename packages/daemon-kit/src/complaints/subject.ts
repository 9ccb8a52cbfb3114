/** The subject of a letter: a complaint, and the known facts about its address. Addresses are canonical text. */

/** Transport protocols that have ports. */
export type ComplaintProtocol = "tcp" | "udp";

/** What the complainant has told. */
export interface ComplaintFacts {
  /** The address that is complained about; left out where only a port is known. */
  readonly address?: string;
  readonly port?: number;
  readonly protocol?: ComplaintProtocol;
  /** As ISO 8601. */
  readonly time?: string;
}

/** The use of a port at a time, according to a log. */
export type PortUse =
  /** There is no log of that time, or no port and time were given. */
  | { readonly kind: "no-log" }
  | { readonly kind: "incomplete-question" }
  | { readonly kind: "not-in-use" }
  | { readonly kind: "in-use"; readonly clientIsRecorded: boolean };

/** An IPv4 peer as RFC 4380 and the log tell it. */
export interface KnownIPv4Peer {
  readonly peer: string;
  readonly teredo: string;
  /** What the Teredo address holds. */
  readonly mapped: string;
  readonly mappedPort: number;
  /** Whether it is known from the log to have been so at the time of the complaint, and not only to be so now. */
  readonly wasAtTheTime: boolean;
}

/** Which kind of address it is; the letters differ by it. */
export type ComplaintSubject =
  /** `P:s:D`, `D` global. `isOwnPool`: `D` is an address of this translator's own pool. */
  | { readonly kind: "embedded"; readonly prefix: string; readonly ipv4: string; readonly isOwnPool: boolean }
  /** `P:e:D`, `D` not global, `e` pinned to an exit. */
  | {
      readonly kind: "published";
      readonly prefix: string;
      readonly ipv4: string;
      /** The block of the special-purpose registry that `D` lies in. */
      readonly block: string;
      /** Four hexadecimal digits. */
      readonly selector: string;
      readonly exit?: KnownIPv4Peer;
    }
  /** `D` not global, and no exit's selector. */
  | { readonly kind: "never-translated"; readonly prefix: string; readonly ipv4: string; readonly block: string }
  /** `P:ffff::1`. */
  | { readonly kind: "translator"; readonly prefix: string }
  /** A part of the /80 from which nothing is ever sent. */
  | { readonly kind: "unused"; readonly prefix: string }
  /** A Teredo address of an exit. */
  | { readonly kind: "teredo"; readonly prefix: string; readonly mapped: string; readonly mappedPort: number }
  /** An IPv4 address of the pool, or of the host that masquerades. */
  | { readonly kind: "shared"; readonly prefix: string; readonly use: PortUse; readonly isStaticBinding: boolean }
  /** The public IPv4 address of an IPv4 peer whose port belonged to this prefix. */
  | { readonly kind: "exit"; readonly prefix: string; readonly ports: string; readonly use: PortUse }
  /** Seen from an IPv4 peer: which IPv6 prefix had the port. */
  | {
      readonly kind: "ipv4-peer";
      /**
       * Left out: `unknown` says why. `behindNat`: a router may have changed the port. `source`: whether the log has the
       * pair for the time of the complaint, or it is only known to have the port now.
       */
      readonly pair?: {
        readonly prefix: string;
        readonly peer: string;
        readonly behindNat: boolean;
        readonly source: "log" | "now";
      };
      /** None had it, several had it within the given time, or it is unknown. */
      readonly unknown?: "none" | "several" | "no-log";
    }
  /** An address of the host itself, which users of the prefix do not send from. */
  | { readonly kind: "host"; readonly prefix: string }
  | { readonly kind: "foreign"; readonly prefix: string };
