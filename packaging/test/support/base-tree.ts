/** A small Debian 12 to install into, made once by debootstrap and kept outside the repository. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";

/** What a Debian server has anyway, and what the packages depend on: installing then needs no network. */
const PACKAGES = [
  "adduser",
  "bash-completion",
  "bsdutils",
  "ca-certificates",
  "dbus",
  "debconf",
  "iproute2",
  "init-system-helpers",
  "libatomic1",
  "libstdc++6",
  "man-db",
  "nftables",
  "procps",
  "systemd",
  "systemd-sysv",
].join(",");

const CACHE = `${process.env.XDG_CACHE_HOME ?? "/var/cache"}/nat64-packaging`;

/** Its folder, which nobody may change. Takes a minute or two the first time, and needs Debian's archive then. */
export function baseTree(): string {
  const tree = `${CACHE}/bookworm-1`;
  if (existsSync(tree)) return tree;
  const temporary = `${tree}.${process.pid}`;
  mkdirSync(CACHE, { recursive: true });
  try {
    execFileSync("debootstrap", ["--variant=minbase", `--include=${PACKAGES}`, "bookworm", temporary], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    renameSync(temporary, tree);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
  return tree;
}
