/** 128 and the number of SIGPIPE: what a shell shows for a program whose reader stopped reading. */
const EXIT_CODE = 141;

/** Lets the process end, without a word, when whoever reads its output stops (`npm start | head`). Labs go, as at any end. */
export function endOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(EXIT_CODE);
    });
  }
}
