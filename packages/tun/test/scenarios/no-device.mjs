// Runs no-rights.mjs where /dev/net is another folder, in a mount namespace of its own.
//   empty: without a TUN device    open: with one that everybody may open, as a user without CAP_NET_ADMIN
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("./no-rights.mjs", import.meta.url));
const [kind] = process.argv.slice(2);
const make = kind === "open" ? "mknod -m 666 /dev/net/tun c 10 200 &&" : "";
const user = kind === "open" ? "nobody" : "";
execFileSync(
  "unshare",
  ["-m", "sh", "-c", `mount -t tmpfs none /dev/net && ${make} exec "$0" "$1" ${user}`, process.execPath, script],
  { stdio: "inherit" },
);
