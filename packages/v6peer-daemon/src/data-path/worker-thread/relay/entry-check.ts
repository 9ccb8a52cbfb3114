import { type IPv6Words, SELECTOR } from "@nat64/rfc6052";
import { get32 } from "@nat64/rfc6052/bytes";
import { NO_PEER, type TeredoRelay } from "@nat64/teredo";
import { DESTINATION, SOURCE } from "./ipv6-fields.ts";
import { ValidatedMappings } from "./validated-mappings.ts";

/** Admits packets from Teredo addresses to the engine only through the mapping that a probe validated. */
export class EntryCheck {
  readonly #machine: TeredoRelay;
  readonly #validated = new ValidatedMappings();

  constructor(machine: TeredoRelay) {
    this.#machine = machine;
  }

  /** Called when a valid message 2 came from a Teredo address. Validates the mapping that the relay has for it now. */
  validate([, server, flagsPort, address]: IPv6Words, now: number): void {
    const peer = this.#machine.lookup(server, flagsPort, address, now);
    if (peer === NO_PEER) return;
    const mapped = this.#machine.mappedAddress(peer);
    this.#validated.note(server, flagsPort, address, mapped, this.#machine.mappedPort(peer));
  }

  /** Whether a packet to the /80 may enter. Probes may come from any mapping, because they validate it. */
  mayEnter(bytes: Uint8Array, at: number, address: number, port: number): boolean {
    if ((get32(bytes, at + DESTINATION + 8) & 0xffff) === SELECTOR.self) return true;
    const source = at + SOURCE;
    return this.#validated.has(
      get32(bytes, source + 4),
      get32(bytes, source + 8),
      get32(bytes, source + 12),
      address,
      port,
    );
  }
}
