/** The data path's part of the audit log: changes of port blocks. It costs nothing per packet. */
import { BlockRecorder, type BlockReport, type Nat64Pipeline } from "@nat64/nat64-engine";
import type { BlockQuestion } from "../../messages/audit-log.ts";

/** Answers requests of the audit log. */
export class BlockThread {
  #recorder: BlockRecorder | undefined;

  /** @param engine the current engine */
  report({ begin = false, from }: BlockQuestion, engine: Nat64Pipeline): BlockReport {
    const state = engine.carriedState?.state;
    if (begin && state !== undefined) this.#recorder = new BlockRecorder(state, engine.exits);
    return this.#recorder?.report(from) ?? { words: new Int32Array(0), lost: 0, next: -1 };
  }
}
