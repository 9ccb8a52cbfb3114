/** Number of permissions of a mapping above which expired ones are removed. */
const FIRST_SWEEP = 16;

/** An inside endpoint's outer port, and which remote endpoints may send to it. */
export class Mapping {
  readonly insideAddress: number;
  readonly insidePort: number;
  readonly outerPort: number;
  /** The part of the remote endpoint that the mapping depends on, see `remoteKey`. */
  readonly remote: number;
  /** When it expires unless it is refreshed; Infinity for a port forwarding. */
  expires: number;
  /** Until when each remote may send; the keys are those of the filtering. */
  readonly #permissions: Map<number, number> = new Map();
  #sweepAt = FIRST_SWEEP;

  constructor(insideAddress: number, insidePort: number, outerPort: number, remote: number, expires: number) {
    this.insideAddress = insideAddress;
    this.insidePort = insidePort;
    this.outerPort = outerPort;
    this.remote = remote;
    this.expires = expires;
  }

  /** Whether a remote may send to it. */
  permits(remote: number, now: number): boolean {
    return (this.#permissions.get(remote) ?? 0) > now;
  }

  /** Lets a remote send until a time. */
  permit(remote: number, now: number, until: number): void {
    this.#permissions.set(remote, until);
    if (this.#permissions.size < this.#sweepAt) return;
    for (const [key, expires] of this.#permissions) if (expires <= now) this.#permissions.delete(key);
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#permissions.size * 2);
  }
}
