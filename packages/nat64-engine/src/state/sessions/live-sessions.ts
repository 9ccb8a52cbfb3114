import type { BindingTable } from "../bib/binding-table.ts";
import { ProtocolIndex } from "../protocol-index.ts";
import { isAnsweredDns } from "./dns.ts";
import type { SessionExpiry } from "./session-expiry.ts";
import type { SessionTable } from "./session-table.ts";

/** Finds sessions that are not over. The table may still have some that are, until `SessionExpiry` ends them. */
export class LiveSessions {
  readonly #bindings: BindingTable;
  readonly #sessions: SessionTable;
  readonly #expiry: SessionExpiry;

  constructor(bindings: BindingTable, sessions: SessionTable, expiry: SessionExpiry) {
    this.#bindings = bindings;
    this.#sessions = sessions;
    this.#expiry = expiry;
  }

  /** The session of a packet, or −1. One that is over ends here, and perhaps its BIB entry with it. @param time int32 */
  find(binding: number, remote: number, remotePort: number, time: number): number {
    const bindings = this.#bindings;
    const sessions = this.#sessions;
    const recent = bindings.recent(binding);
    const isRecent = recent >= 0 && sessions.matches(recent, binding, remote, remotePort);
    const session = isRecent ? recent : sessions.find(binding, remote, remotePort);
    if (session < 0) return -1;
    if (this.#expiry.isOver(session, time)) {
      this.#expiry.endOver(session);
      return -1;
    }
    if (!isRecent) bindings.setRecent(binding, session);
    return session;
  }

  /** The session that an ICMP error is about, or −1. Nothing changes: the most recent session stays the one of packets. */
  findForError(binding: number, remote: number, remotePort: number, time: number): number {
    const session = this.#sessions.find(binding, remote, remotePort);
    return session >= 0 && this.#expiry.isOver(session, time) ? -1 : session;
  }

  /**
   * Whether a BIB entry is over because all of its sessions are, though some have not ended yet. Without TCP, that is so when the
   * most recent one is: all have the same lifetime, but for answered DNS questions, which have a shorter one.
   *
   * @param protocol `ProtocolIndex`
   */
  isBindingOver(binding: number, protocol: number, time: number): boolean {
    const bindings = this.#bindings;
    if (!bindings.live(binding)) return true;
    if (bindings.isStatic(binding)) return false;
    const recent = bindings.recent(binding);
    if (recent < 0 || this.#sessions.binding(recent) !== binding) return false;
    const mayDecide = protocol !== ProtocolIndex.tcp && !isAnsweredDns(this.#sessions, bindings, recent);
    const decides = mayDecide || bindings.sessions(binding) === 1;
    return decides && this.#expiry.isOver(recent, time);
  }
}
