import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/**
 * Reads a whole file of text. Throws the system's error, or one whose message says that it is not a regular file (a device or
 * a pipe may never end, and a reload has to find it again) or that it is larger than `most` bytes.
 */
export function readBounded(path: string, most: number): string {
  // Without waiting: opening a pipe waits for somebody to write into it.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(fd);
    if (!found.isFile() && !found.isDirectory()) throw new Error("it is not a regular file");
    const bytes = Buffer.alloc(most + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length <= most; length += read) {
      read = readSync(fd, bytes, length, bytes.length - length, null);
    }
    if (length > most) throw new Error(`it has more than ${most} bytes`);
    return bytes.toString("utf8", 0, length);
  } finally {
    closeSync(fd);
  }
}
