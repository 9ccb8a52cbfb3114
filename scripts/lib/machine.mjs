// Requirements that are checked before anything is installed.
import { existsSync } from "node:fs";
import { fail } from "./say.mjs";

const MIN_NODE = [20, 19];

export const isRoot = process.getuid?.() === 0;

/** Exits unless this is Linux and Node is new enough. */
export function requireLinuxAndNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
    fail(`Node ${process.versions.node} is too old. Install Node ${MIN_NODE.join(".")} or newer: https://nodejs.org/.`);
  }
  if (process.platform !== "linux") {
    fail(
      `this needs Linux network namespaces, but the platform is ${process.platform}. Use a Linux machine or a virtual machine.`,
    );
  }
  // Debian's root has these in its PATH; other users and some containers do not.
  process.env.PATH = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`;
}

/** Exits unless this process can create network namespaces and TUN devices. */
export function requireRootAndTun() {
  if (!isRoot) fail("network namespaces need root. Run this command as root, for example: sudo npm start.");
  if (!existsSync("/dev/net/tun")) {
    fail("/dev/net/tun does not exist. Load the module (modprobe tun) or, in a container, use --device /dev/net/tun.");
  }
}
