import { type DropReason, REASON_CODES } from "./drop-reasons.ts";

/** Counters of the whole network and of each direction of each link. Always: in = out + dropped + inside. */
export interface Statistics {
  /** Packets that came in, duplicates included. */
  readonly sent: number;
  /** Packets of `sent` that are duplicates made by the network. */
  readonly duplicated: number;
  /** Packets that came out at the other end. */
  readonly delivered: number;
  /** Bytes of those, with the IP and UDP headers. */
  readonly deliveredBytes: number;
  /** Packets that are still inside. */
  readonly inFlight: number;
  /** Dropped packets by reason; reasons that never occurred are missing. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
}

/** The counters behind {@link Statistics}. */
export class Counters {
  sent = 0;
  duplicated = 0;
  delivered = 0;
  deliveredBytes = 0;
  #dropped = 0;
  readonly #byReason: Float64Array = new Float64Array(REASON_CODES.length);

  /** @param reason its number */
  drop(reason: number): void {
    this.#dropped++;
    this.#byReason[reason]++;
  }

  get inFlight(): number {
    return this.sent - this.delivered - this.#dropped;
  }

  /** A copy for people to read. */
  read(): Statistics {
    const { sent, duplicated, delivered, deliveredBytes, inFlight } = this;
    const counts = REASON_CODES.map((code, index) => [code, this.#byReason[index]] as const);
    const dropped = Object.fromEntries(counts.filter(([, count]) => count > 0));
    return { sent, duplicated, delivered, deliveredBytes, inFlight, dropped };
  }
}
