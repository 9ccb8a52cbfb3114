/** What was seen of packets that were sent from an address in the prefix, and what that means. */
import { type DoctorFinding, found } from "../codes.ts";

/** Counts of packets that came in. */
export interface PrefixEvidence {
  /** Neighbour Solicitations for the address that packets were sent from: the router looks for it on the link. */
  readonly asked: number;
  /** Packets to that address, from whomever: answers, and errors of routers on the way. */
  readonly arrived: number;
  /** Those of them that came from the host that was asked. */
  readonly answered: number;
  /** Packets from that host to this one's own addresses: whether it answers at all. */
  readonly control: number;
}

/** Where was asked, for the sentences. */
export interface PrefixPlace {
  readonly prefix: string;
  readonly device: string;
  /** The next router; left out on a link without one. */
  readonly gateway?: string | undefined;
  readonly target: string;
  /** This host's own address towards it. */
  readonly own?: string | undefined;
}

/** Whether nothing more can come that changes the verdict. */
export function isSettled({ asked, answered, control }: PrefixEvidence): boolean {
  return answered > 0 && asked === 0 && control > 0;
}

/** The verdict. */
export function judgePrefix(evidence: PrefixEvidence, place: PrefixPlace): DoctorFinding {
  const { asked, arrived, answered, control } = evidence;
  const { prefix, device, gateway = "the router", target, own } = place;
  if (asked > 0 && arrived === 0) return onLink(place);
  if (asked > 0) {
    return found(
      "info",
      "prefix-proxied",
      `${prefix} is on-link on ${device}: ${gateway} asks for its addresses there, and something answers (an NDP proxy).`,
    );
  }
  if (answered > 0) {
    return found("ok", "prefix-routed", `${prefix} is routed to this host: what ${target} sent to it arrived.`);
  }
  if (arrived > 0 && control > 0) {
    return found(
      "warn",
      "prefix-far",
      `${prefix} is routed to this host by the routers nearby, but what ${target} sends to it does not arrive.`,
    );
  }
  if (arrived > 0) {
    const silent = `${target} answers nobody here, so how it is from afar is not known`;
    return found("ok", "prefix-routed", `${prefix} is routed to this host by the routers nearby; ${silent}.`);
  }
  if (control > 0) {
    return found(
      "error",
      "prefix-lost",
      `${target} answers this host, but not when it is asked from ${prefix}; and nobody asks for its addresses on ${device}.`,
      `Ask your provider to route ${prefix} (or all that it is a part of) to ${own ?? "this host"}, and to let packets from it out.`,
    );
  }
  return found(
    "warn",
    "prefix-probe",
    `${target} answers nothing, neither to ${prefix} nor to this host's own address.`,
  );
}

function onLink({ prefix, device, gateway = "the router", own }: PrefixPlace): DoctorFinding {
  return found(
    "error",
    "prefix-on-link",
    `${prefix} is on-link on ${device}, not routed: ${gateway} asks there for each address in it, and nobody answers.`,
    `Ask your provider to route ${prefix} (or all that it is a part of) to ${own ?? "this host"}; until then an NDP proxy can answer (ndppd, see docs/doctor.md).`,
  );
}
