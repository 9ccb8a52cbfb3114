import { errnoName, PacketIoError } from "../addon/errors.ts";
import { addon } from "../addon/load.ts";

interface MapFunctions {
  mapFile(path: string, size: number, result: Int32Array): ArrayBuffer | undefined;
}

/**
 * Maps the first `size` bytes of a file as memory: what is stored there is in the file even when this process is
 * killed. The file is made (mode 0600) or grown as needed; new bytes are 0; its blocks are reserved at once. It stays
 * mapped until the buffer is collected. Symbolic links are not followed.
 *
 * The caller sees to it that nobody shortens the file meanwhile: touching bytes that are gone ends the process.
 *
 * @throws PacketIoError `ERR_PACKET_IO_MAP` when the file cannot be opened, grown or mapped; `ERR_PACKET_IO_ARGUMENT`;
 * `ERR_PACKET_IO_PLATFORM`; `ERR_PACKET_IO_ADDON`.
 */
export function mapFile(path: string, size: number): ArrayBuffer {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new PacketIoError("ERR_PACKET_IO_ARGUMENT", "a mapped file needs a size of at least one byte");
  }
  const result = new Int32Array(1);
  const buffer = addon<MapFunctions>().mapFile(path, size, result);
  if (buffer !== undefined) return buffer;
  const system = errnoName(-result[0]);
  throw new PacketIoError(
    "ERR_PACKET_IO_MAP",
    `${path} cannot be mapped with ${size} bytes: ${system}${hint(system)}`,
    system,
  );
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
