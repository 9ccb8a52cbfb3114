/** The result of test packets from an address in the prefix, and the conclusion from it. */
import { type DoctorFinding, found } from "../codes.ts";

/** Counts of incoming packets. */
export interface PrefixEvidence {
  /** Neighbour Solicitations for the source address of the test packets: the router looks for it on the link. */
  readonly solicited: number;
  /** Packets to that address from any host: replies, and errors of routers on the path. */
  readonly arrived: number;
  /** Those from the target. */
  readonly answered: number;
  /** Packets from the target to this host's own addresses: whether it answers at all. */
  readonly control: number;
}

/** Names for the sentences. */
export interface PrefixPlace {
  readonly prefix: string;
  readonly device: string;
  /** The next router; missing on a link without one. */
  readonly gateway?: string | undefined;
  readonly target: string;
  /** This host's own address towards it. */
  readonly own?: string | undefined;
}

/** Whether further packets cannot change the verdict. */
export function isSettled({ solicited, answered, control }: PrefixEvidence): boolean {
  return answered > 0 && solicited === 0 && control > 0;
}

/** The verdict. */
export function judgePrefix(evidence: PrefixEvidence, place: PrefixPlace): DoctorFinding {
  const { solicited, arrived, answered, control } = evidence;
  const { prefix, device, gateway = "the router", target, own } = place;
  if (solicited > 0 && arrived === 0) return onLink(place);
  if (solicited > 0) {
    return found(
      "info",
      "prefix-proxied",
      `${prefix} is on-link on ${device}: ${gateway} sends solicitations for its addresses, and an NDP proxy answers.`,
    );
  }
  if (answered > 0) {
    return found("ok", "prefix-routed", `${prefix} is routed to this host: replies from ${target} arrived.`);
  }
  if (arrived > 0 && control > 0) {
    return found(
      "warn",
      "prefix-far",
      `Nearby routers route ${prefix} to this host, but replies from ${target} do not arrive.`,
    );
  }
  if (arrived > 0) {
    const silent = `${target} does not answer this host at all, so reachability from farther away is unknown`;
    return found("ok", "prefix-routed", `Nearby routers route ${prefix} to this host; ${silent}.`);
  }
  if (control > 0) {
    return found(
      "error",
      "prefix-lost",
      `${target} answers this host, but not packets from ${prefix}, and no router sends solicitations for the prefix on ${device}.`,
      `Ask your provider to route ${prefix} (or the larger prefix that contains it) to ${own ?? "this host"}, and to accept packets from it.`,
    );
  }
  return found(
    "warn",
    "prefix-probe",
    `${target} does not answer, neither to ${prefix} nor to this host's own address.`,
  );
}

function onLink({ prefix, device, gateway = "the router", own }: PrefixPlace): DoctorFinding {
  return found(
    "error",
    "prefix-on-link",
    `${prefix} is on-link on ${device}, not routed: ${gateway} sends a solicitation for each address in it and gets no answer.`,
    `Ask your provider to route ${prefix} (or the larger prefix that contains it) to ${own ?? "this host"}. Until then, run an NDP proxy (ndppd, see docs/doctor.md).`,
  );
}
