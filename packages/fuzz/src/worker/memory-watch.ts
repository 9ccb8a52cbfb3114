/** Watches whether the memory of a target only grows. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Samples before the baseline: compiled code and caches need some time to settle. */
const WARM_UP = 4;
/** Growth over the baseline that is a leak. */
const LEAK_BYTES = 24 * 1024 * 1024;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Takes samples of the heap. */
export class MemoryWatch {
  #samples = 0;
  #baseline = 0;

  /**
   * Collects garbage and measures.
   *
   * @param ownBytes what the fuzzer itself keeps
   * @returns the bytes in use, and by how much too many they are: 0 if there is no leak
   */
  sample(ownBytes: number): { readonly bytes: number; readonly leaked: number } {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    const bytes = heapUsed + external - ownBytes;
    if (this.#samples++ < WARM_UP) this.#baseline = Math.max(this.#baseline, bytes);
    const growth = bytes - this.#baseline;
    return { bytes, leaked: growth > LEAK_BYTES ? growth : 0 };
  }
}
