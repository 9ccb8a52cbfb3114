/** Port blocks for pairs (design §4). They are disjoint and avoid ports that the host uses itself. */
import type { PortBlock } from "@nat64/peer-protocol";

/** Ports below are for system services (RFC 6335 §6). */
const FIRST_PORT = 1024;
const LAST_PORT = 65_535;

/**
 * Up to `count` blocks of `size` ports outside all ranges in `avoid`, from the top down, because few services use high
 * ports. Returns fewer blocks if there is not enough room.
 */
export function choosePortBlocks(count: number, size: number, avoid: readonly PortBlock[]): PortBlock[] {
  const blocks: PortBlock[] = [];
  let last = LAST_PORT;
  while (blocks.length < count && last - size + 1 >= FIRST_PORT) {
    const block = { first: last - size + 1, last };
    const hindrances = avoid.filter((range) => range.first <= block.last && range.last >= block.first);
    if (hindrances.length === 0) blocks.push(block);
    last = Math.min(...(hindrances.length === 0 ? [block] : hindrances).map(({ first }) => first)) - 1;
  }
  return blocks;
}
