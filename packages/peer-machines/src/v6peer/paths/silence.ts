/** Detects that client packets leave through an exit and nothing comes back (PROTOCOL.md §12). */
import { PROBE_TIMEOUT_MS } from "@nat64/peer-protocol";

export class Silence {
  #sent = 0;
  #received = 0;
  /** When the first unanswered packet was noticed; −1 for none. */
  #since = -1;

  /** Checks an exit's counters. Returns whether to probe the path. */
  look(sent: number, received: number, now: number): boolean {
    if (received !== this.#received) this.#since = -1;
    else if (sent !== this.#sent && this.#since < 0) this.#since = now;
    this.#sent = sent;
    this.#received = received;
    if (this.#since < 0 || now - this.#since < PROBE_TIMEOUT_MS) return false;
    this.#since = -1;
    return true;
  }
}
