/** Cuts a stream of bytes into lines, and never keeps more than `longest` bytes of an unfinished one. */
export class LineSplitter {
  readonly #longest: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The lines that `chunk` completes, without their ends; `undefined` when one is too long: give up on the stream. */
  push(chunk: Buffer): readonly string[] | undefined {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      if (this.#rest.length + end - start > this.#longest) return undefined;
      lines.push(Buffer.concat([this.#rest, chunk.subarray(start, end)]).toString("utf8"));
      this.#rest = Buffer.alloc(0);
      start = end + 1;
    }
    if (this.#rest.length + chunk.length - start > this.#longest) return undefined;
    this.#rest = Buffer.concat([this.#rest, chunk.subarray(start)]);
    return lines;
  }
}
