import { formatBlock } from "@nat64/daemon-kit/bans";
import type { StatefulConfig } from "@nat64/nat64-engine";
import { type Cidr, cidrContains, cidrsOverlap, type IPv6Words, parseBlock } from "@nat64/rfc6052";

/**
 * The engine without the banned addresses of the pool, and without the static bindings there: sessions on them end, and later ones get
 * other addresses.
 *
 * @param banned IPv4 addresses and blocks
 */
export function withoutBannedPool(engine: StatefulConfig, banned: readonly string[]): StatefulConfig {
  if (banned.length === 0) return engine;
  const blocks = banned.map(parseBlock);
  return {
    ...engine,
    pool: engine.pool.flatMap((range) =>
      withoutBlocks(parseBlock(range.address), blocks).map((block) => ({ ...range, address: formatBlock(block) })),
    ),
    staticBindings: (engine.staticBindings ?? []).filter(
      ({ ipv4 }) => !blocks.some((block) => cidrContains(block, parseBlock(ipv4))),
    ),
  };
}

/** A block without others, as the largest blocks that remain. */
function withoutBlocks(block: Cidr, others: readonly Cidr[]): readonly Cidr[] {
  const touching = others.filter((other) => cidrsOverlap(other, block));
  if (touching.length === 0) return [block];
  if (touching.some((other) => cidrContains(other, block))) return [];
  const length = block.length + 1;
  const upper: IPv6Words = [block.words[0] | (1 << (32 - length)), 0, 0, 0];
  return [block.words, upper].flatMap((words) => withoutBlocks({ family: 4, words, length }, touching));
}
