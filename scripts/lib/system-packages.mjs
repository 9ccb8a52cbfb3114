// The programs that come from the distribution instead of npm.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { isRoot } from "./machine.mjs";
import { withoutStarting } from "./quiet-install.mjs";
import { fail, note, step } from "./say.mjs";

const program = (name) => () => process.env.PATH.split(":").some((folder) => isExecutable(`${folder}/${name}`));

/** Each system package, how to detect it, what it is used for, and the service that its installation must not start. */
const PACKAGES = [
  { name: "gcc", isThere: program("cc"), use: "compiles the TUN addon and the traffic tools" },
  { name: "libc6-dev", isThere: () => existsSync("/usr/include/stdio.h"), use: "headers for gcc" },
  { name: "iproute2", isThere: program("ip"), use: "namespaces, links, routes", root: true },
  { name: "nftables", isThere: program("nft"), use: "masquerading", root: true },
  { name: "curl", isThere: program("curl"), use: "fetches pages", root: true },
  { name: "iputils-ping", isThere: program("ping"), use: "ping", root: true },
  { name: "traceroute", isThere: program("traceroute"), use: "traceroute", root: true },
  { name: "iperf3", isThere: program("iperf3"), use: "bulk transfers", root: true },
  {
    name: "tayga",
    isThere: program("tayga"),
    use: "the NAT64 that the bench compares with",
    root: true,
    only: "compare",
  },
  {
    name: "ethtool",
    isThere: program("ethtool"),
    use: "disables offloads of interfaces",
    root: true,
    only: "compare",
  },
  ...[
    { name: "unbound", program: "unbound", service: "unbound" },
    { name: "bind9", program: "named", service: "named" },
    { name: "radvd", program: "radvd", service: "radvd" },
  ].map(({ name, program: file, service }) => ({
    name,
    isThere: program(file),
    use: "a DNS server that v6peer dns64 configures",
    root: true,
    only: "test",
    service,
  })),
  {
    name: "ndppd",
    isThere: program("ndppd"),
    use: "the NDP proxy that v6peer doctor recognises",
    root: true,
    only: "test",
    service: "ndppd",
  },
  { name: "tcpdump", isThere: program("tcpdump"), use: "captures packets", root: true },
  {
    name: "miredo",
    isThere: program("miredo"),
    use: "the Teredo relay and client",
    root: true,
    service: "miredo",
  },
  {
    name: "miredo-server",
    isThere: program("miredo-server"),
    use: "the Teredo server that the bench compares with",
    root: true,
    only: "compare",
    service: "miredo-server",
  },
  {
    name: "chromium",
    isThere: program("chromium"),
    use: "opens the status page",
    root: true,
    only: ["test", "pictures"],
  },
  {
    name: "fonts-inter",
    isThere: () => existsSync("/usr/share/fonts/opentype/inter"),
    use: "the font of the screenshots",
    root: true,
    only: "pictures",
  },
  {
    name: "prometheus",
    isThere: program("promtool"),
    use: "checks the alert rules (promtool)",
    root: true,
    only: "test",
    service: "prometheus",
  },
  // The long tests also make packages, but only as root.
  ...["deb", "test:long"].flatMap((purpose) =>
    [
      { name: "dpkg-dev", isThere: program("dpkg-buildpackage"), use: "builds Debian packages" },
      { name: "debhelper", isThere: program("dh"), use: "builds Debian packages" },
      { name: "po-debconf", isThere: program("po2debconf"), use: "translations of the debconf questions" },
      { name: "gcc-aarch64-linux-gnu", isThere: program("aarch64-linux-gnu-gcc"), use: "compiles the addon for arm64" },
      {
        name: "libc6-dev-arm64-cross",
        isThere: () => existsSync("/usr/aarch64-linux-gnu/include/stdio.h"),
        use: "headers for the arm64 compiler",
      },
    ].map((each) => ({ ...each, root: purpose === "test:long", only: purpose })),
  ),
  {
    name: "debootstrap",
    isThere: program("debootstrap"),
    use: "creates a Debian system to install the packages in",
    root: true,
    only: "test:long",
  },
  {
    name: "lintian",
    isThere: program("lintian"),
    use: "checks the packages",
    root: true,
    only: "test:long",
  },
];

/** Installs with apt what is missing for `purpose`: "build", "deb", "start", "test", "test:long", "bench" or "pictures". Without root it says what is missing. */
export function installSystemPackages(purpose) {
  const wanted = PACKAGES.filter((each) => isWanted(each, purpose));
  const missing = wanted.filter((each) => !each.isThere());
  step(`System packages: ${wanted.map(({ name }) => name).join(" ")}`);
  if (missing.length === 0) return note("already installed");
  for (const { name, use } of missing) note(`missing: ${name} (${use})`);

  const install = ["install", "-y", "--no-install-recommends", ...missing.map(({ name }) => name)];
  if (!isRoot) fail(`install them as root first: apt-get ${install.join(" ")}`);
  if (!program("apt-get")()) fail("apt-get is not available; install them with the package manager of this system");
  const services = missing.flatMap(({ service = [] }) => service);
  expectSuccess("update", apt(["update"]));
  expectSuccess(
    "install",
    withoutStarting(services, () => apt(install)),
  );
  const still = missing.filter((each) => !each.isThere());
  if (still.length > 0)
    fail(`apt-get succeeded, but these are still missing: ${still.map(({ name }) => name).join(" ")}`);
}

/** Without root, nothing that needs root runs, so its packages are not needed. */
function isWanted({ root = false, only }, purpose) {
  if (root && (!isRoot || purpose === "build" || purpose === "deb")) return false;
  if (only === "compare") return ["test", "test:long", "bench"].includes(purpose);
  return only === undefined || [only].flat().includes(purpose);
}

function apt(args) {
  step(`apt-get ${args.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync("apt-get", args, { stdio: ["ignore", 2, 2], env }).status;
}

function expectSuccess(what, status) {
  if (status !== 0) fail(`apt-get ${what} failed with exit code ${status}; see its output above`);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
