// The few programs that come from the distribution and not from npm.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { isRoot } from "./machine.mjs";
import { withoutStarting } from "./quiet-install.mjs";
import { fail, note, step } from "./say.mjs";

const program = (name) => () => process.env.PATH.split(":").some((folder) => isExecutable(`${folder}/${name}`));

/** Each system package, how to see that it is there, what it is for, and the service that it must not start. */
const PACKAGES = [
  { name: "gcc", isThere: program("cc"), use: "compiles the TUN addon and the traffic tools" },
  { name: "libc6-dev", isThere: () => existsSync("/usr/include/stdio.h"), use: "headers for gcc" },
  { name: "iproute2", isThere: program("ip"), use: "namespaces, links, routes", root: true },
  { name: "nftables", isThere: program("nft"), use: "masquerading", root: true },
  { name: "curl", isThere: program("curl"), use: "fetches pages", root: true },
  { name: "iputils-ping", isThere: program("ping"), use: "ping", root: true },
  { name: "traceroute", isThere: program("traceroute"), use: "traceroute", root: true },
  { name: "iperf3", isThere: program("iperf3"), use: "bulk data", root: true },
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
    use: "takes offloads away from interfaces",
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
    use: "what v6peer dns64 configures",
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
  { name: "tcpdump", isThere: program("tcpdump"), use: "looks at packets", root: true },
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
    use: "looks at the status page",
    root: true,
    only: ["test", "pictures"],
  },
  {
    name: "fonts-inter",
    isThere: () => existsSync("/usr/share/fonts/opentype/inter"),
    use: "the letters in its pictures",
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
      { name: "dpkg-dev", isThere: program("dpkg-buildpackage"), use: "makes Debian packages" },
      { name: "debhelper", isThere: program("dh"), use: "makes Debian packages" },
      { name: "po-debconf", isThere: program("po2debconf"), use: "translations of what the installation asks" },
      { name: "gcc-aarch64-linux-gnu", isThere: program("aarch64-linux-gnu-gcc"), use: "compiles the addon for arm64" },
      {
        name: "libc6-dev-arm64-cross",
        isThere: () => existsSync("/usr/aarch64-linux-gnu/include/stdio.h"),
        use: "headers for that",
      },
    ].map((each) => ({ ...each, root: purpose === "test:long", only: purpose })),
  ),
  {
    name: "debootstrap",
    isThere: program("debootstrap"),
    use: "a Debian to install into",
    root: true,
    only: "test:long",
  },
  {
    name: "lintian",
    isThere: program("lintian"),
    use: "looks for mistakes in packages",
    root: true,
    only: "test:long",
  },
];

/** Installs with apt what is missing for `purpose`: "build", "deb", "start", "test", "test:long", "bench" or "pictures". Without root it says what is missing. */
export function installSystemPackages(purpose) {
  const wanted = PACKAGES.filter((each) => isWanted(each, purpose));
  const missing = wanted.filter((each) => !each.isThere());
  step(`System packages: ${wanted.map(({ name }) => name).join(" ")}`);
  if (missing.length === 0) return note("all there");
  for (const { name, use } of missing) note(`missing: ${name} (${use})`);

  const install = ["install", "-y", "--no-install-recommends", ...missing.map(({ name }) => name)];
  if (!isRoot) fail(`install them first, as root: apt-get ${install.join(" ")}`);
  if (!program("apt-get")()) fail("there is no apt-get here; install them with this system's own package manager");
  const services = missing.flatMap(({ service = [] }) => service);
  expectSuccess("update", apt(["update"]));
  expectSuccess(
    "install",
    withoutStarting(services, () => apt(install)),
  );
  const still = missing.filter((each) => !each.isThere());
  if (still.length > 0) fail(`apt-get ended well, but still missing: ${still.map(({ name }) => name).join(" ")}`);
}

/** Without root nothing that needs root is run, so nothing for it is asked for. */
function isWanted({ root = false, only }, purpose) {
  if (root && (!isRoot || purpose === "build" || purpose === "deb")) return false;
  if (only === "compare") return purpose === "test" || purpose === "bench";
  return only === undefined || [only].flat().includes(purpose);
}

function apt(args) {
  step(`apt-get ${args.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync("apt-get", args, { stdio: ["ignore", 2, 2], env }).status;
}

function expectSuccess(what, status) {
  if (status !== 0) fail(`apt-get ${what} ended with exit code ${status}; what it printed above says why`);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
