import { setTimeout as sleep } from "node:timers/promises";

/** Maximum number of concurrent probes, and milliseconds between two starts, so that a long list does not cause a flood. */
const AT_ONCE = 8;
const PAUSE = 50;

/** Does `probe` for each of `items`, a few at a time; results are in the order of the items. */
export async function probeMany<Item, Result>(
  items: readonly Item[],
  probe: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      const mine = turn;
      turn = mine.then(() => sleep(PAUSE));
      await mine;
      results[index] = await probe(items[index]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
