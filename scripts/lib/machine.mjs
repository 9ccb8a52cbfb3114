// What has to be true of the machine before anything is installed.
import { existsSync } from "node:fs";
import { fail } from "./say.mjs";

const LEAST_NODE = [20, 19];

export const isRoot = process.getuid?.() === 0;

/** Ends the program unless this is Linux with a Node that is new enough. */
export function requireLinuxAndNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
    fail(`this is Node ${process.versions.node}; at least ${LEAST_NODE.join(".")} is needed. See https://nodejs.org/.`);
  }
  if (process.platform !== "linux") {
    fail(
      `this is ${process.platform}; the lab is made of Linux network namespaces. Use a Linux machine or a virtual one.`,
    );
  }
  // Debian's root has them in its PATH, other users and some containers do not.
  process.env.PATH = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`;
}

/** Ends the program unless it may make network namespaces and TUN devices. */
export function requireRootAndTun() {
  if (!isRoot) fail("network namespaces need root. Run it again as root, for example: sudo npm start.");
  if (!existsSync("/dev/net/tun")) {
    fail("there is no /dev/net/tun. Load the module (modprobe tun) or, in a container, pass --device /dev/net/tun.");
  }
}
