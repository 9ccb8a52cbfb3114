// Who may import whom. A new package gets its place here.

/** From the ground up: an import only points to an earlier name. */
export const ORDER = [
  "rfc6052",
  "teredo",
  "peer-protocol",
  "nat64-engine",
  "peer-machines",
  "status-page",
  "daemon-kit",
  "packet-io",
  "tun",
  "coordinator",
  "v6peer-daemon",
  "v4peer-daemon",
  "v6peer-cli",
  "simnet",
  "lab",
  "fuzz",
  "packaging",
  "scripts",
];

/** These also run in a browser. */
export const PURE = new Set([
  "rfc6052",
  "teredo",
  "peer-protocol",
  "nat64-engine",
  "peer-machines",
  "status-page",
  "simnet",
]);

/** The exception: what a pure package has for Node is in `src/node/` and has an entry of its own. */
export const FOR_NODE = /^packages\/[^/]+\/src\/node\//;

/** Scripts run before anything is installed or built, so they reach files of packages by path. */
export const BY_PATH = new Set(["scripts"]);
