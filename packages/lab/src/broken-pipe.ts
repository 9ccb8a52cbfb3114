/** 128 plus the number of SIGPIPE: the exit code that a shell shows for a program whose reader stopped reading. */
const EXIT_CODE = 141;

/**
 * Ends the process silently when the reader of its output stops (`npm start | head`). Labs are removed, as at any exit.
 */
export function endOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      process.exit(EXIT_CODE);
    });
  }
}
