import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { PacketIoError } from "./errors.ts";

let loaded: object | undefined;

/**
 * The functions of the addon (`native/node/bind_*.c`), as the caller describes those that it uses. The addon is loaded on
 * first use, so that packages can be imported anywhere. A function returns a negative errno when the system refuses.
 *
 * @throws PacketIoError `ERR_PACKET_IO_PLATFORM` or `ERR_PACKET_IO_ADDON`
 */
export function addon<Functions extends object>(): Functions {
  loaded ??= load();
  return loaded as Functions;
}

function load(): object {
  if (process.platform !== "linux") {
    throw new PacketIoError("ERR_PACKET_IO_PLATFORM", `packet I/O needs Linux; this is ${process.platform}`);
  }
  // Above this file in dist; beside it in bundles; in dist when the sources run as they are.
  const candidates = ["../packet-io.node", "./packet-io.node", "../../dist/packet-io.node"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new PacketIoError(
      "ERR_PACKET_IO_ADDON",
      'the addon of @nat64/packet-io is not compiled: install gcc, then run "npm rebuild @nat64/packet-io" (or the build in the repository)',
    );
  }
  try {
    return createRequire(import.meta.url)(path) as object;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PacketIoError(
      "ERR_PACKET_IO_ADDON",
      `the addon of @nat64/packet-io does not load here (${reason}); compile it on this machine with "npm rebuild @nat64/packet-io"`,
      undefined,
      { cause },
    );
  }
}
