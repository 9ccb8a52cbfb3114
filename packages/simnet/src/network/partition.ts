import type { Attachment } from "./attachment.ts";

/** Splits a network into groups that do not reach each other. A node in no group reaches all others. */
export class Partition {
  readonly #groups: Map<number, number> = new Map();

  constructor(groups: readonly (readonly Pick<Attachment, "id">[])[]) {
    groups.forEach((group, index) => {
      for (const node of group) this.#groups.set(node.id, index);
    });
  }

  /** Whether it separates two nodes. */
  separates(one: number, other: number): boolean {
    const group = this.#groups.get(one);
    const otherGroup = this.#groups.get(other);
    return group !== undefined && otherGroup !== undefined && group !== otherGroup;
  }
}
