import type { Attachment } from "./attachment.ts";

/** Cuts a network into groups whose nodes do not reach each other; a node in no group reaches everybody. */
export class Partition {
  readonly #groups: Map<number, number> = new Map();

  constructor(groups: readonly (readonly Pick<Attachment, "id">[])[]) {
    groups.forEach((group, index) => {
      for (const node of group) this.#groups.set(node.id, index);
    });
  }

  /** Whether it lies between two nodes. */
  separates(one: number, other: number): boolean {
    const group = this.#groups.get(one);
    const otherGroup = this.#groups.get(other);
    return group !== undefined && otherGroup !== undefined && group !== otherGroup;
  }
}
