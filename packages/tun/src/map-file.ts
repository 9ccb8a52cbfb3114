import { errnoName, TunError } from "./errors.ts";
import { native } from "./native.ts";

/**
 * Maps the first `size` bytes of a file as memory: what is stored there is in the file even when this process is
 * killed. The file is made (mode 0600) or grown as needed; new bytes are 0; its blocks are reserved at once. It stays
 * mapped until the buffer is collected. Symbolic links are not followed.
 *
 * The caller sees to it that nobody shortens the file meanwhile: touching bytes that are gone ends the process.
 *
 * @throws TunError `ERR_TUN_MAP` when the file cannot be opened, grown or mapped; `ERR_TUN_ARGUMENT`;
 * `ERR_TUN_PLATFORM`; `ERR_TUN_ADDON`.
 */
export function mapFile(path: string, size: number): ArrayBuffer {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new TunError("ERR_TUN_ARGUMENT", "a mapped file needs a size of at least one byte");
  }
  const result = new Int32Array(1);
  const buffer = native().mapFile(path, size, result);
  if (buffer !== undefined) return buffer;
  const system = errnoName(-result[0]);
  throw new TunError("ERR_TUN_MAP", `${path} cannot be mapped with ${size} bytes: ${system}${hint(system)}`, system);
}

function hint(system: string): string {
  switch (system) {
    case "ENOSPC":
      return "; the disk is full";
    case "ENOENT":
      return "; its folder does not exist";
    case "ELOOP":
      return "; symbolic links are not followed";
    case "EINVAL":
      return "; it must be a regular file";
    case "EACCES":
    case "EPERM":
      return "; this user may not write it";
    default:
      return "";
  }
}
