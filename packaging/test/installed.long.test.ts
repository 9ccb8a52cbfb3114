/** The packages on a Debian 12 with a booted systemd, in a host of the lab: from the installation to the purge. */
import { rmSync } from "node:fs";
import { global, type LocalTopology, type RunningLocalTopology, startLocal, startWebServer, urlOf } from "@nat64/lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CGROUPS, Debian } from "./support/debian.ts";
import { ARCHITECTURE, makePackages, NEW, OLD } from "./support/packages.ts";

const canBoot = process.getuid?.() === 0 && CGROUPS !== undefined;
if (!canBoot) console.warn("packaging: no root or no cgroups of version 2: nothing is installed and tried");

/** A prefix that nobody minds: the lab's own, which is global. */
const PREFIX = global.prefix80;

describe.skipIf(!canBoot)("on a fresh Debian with systemd", () => {
  let packages: string;
  let net: RunningLocalTopology;
  let debian: Debian;
  let before: string;

  beforeAll(async () => {
    packages = makePackages();
    net = await startLocal({
      plan: global,
      translator: {
        name: "debian",
        needsIpv6Server: false,
        start: async ({ lab, v6peer, serverNat64 }: LocalTopology) => {
          debian = await Debian.boot(lab, v6peer, packages);
          return { carriers: [], target: serverNat64, stop: async () => {} };
        },
      },
    });
    await startWebServer(net.server);
    before = await everything();
  });
  afterAll(async () => {
    net?.lab.down();
    await debian?.removeCgroup();
    if (packages !== undefined) rmSync(packages, { recursive: true });
  });

  const install = (name: string, version: string): Promise<string> =>
    debian.shell(`dpkg -i /debs/${name}_${version}_${ARCHITECTURE}.deb 2>&1`);
  const preseed = (lines: string): Promise<string> => debian.shell("debconf-set-selections", lines);
  const fetchPage = async (): Promise<string> =>
    (await net.client.run(["curl", "--silent", "--max-time", "5", urlOf(net.serverNat64, "/")])).stdout;
  const config = (): Promise<string> => debian.must("cat", "/etc/v6peer/v6peer.toml");

  async function expectSoundUnit(name: string): Promise<void> {
    const file = `/lib/systemd/system/${name}.service`;
    expect(await debian.run("systemd-analyze", "verify", file)).toMatchObject({ code: 0, stderr: "" });
    // In tenths; what is left is CAP_NET_ADMIN, the host's network, and code that V8 compiles.
    const security = ["security", "--offline=true", "--threshold=25", `${name}.service`];
    const { code, stdout } = await debian.run("systemd-analyze", ...security);
    expect(code, stdout).toBe(0);
  }

  /** All files, users, rules, routes and switches that an installation might leave. */
  async function everything(): Promise<string> {
    const files = await debian.shell("find /etc /usr /var /run /root -xdev | sort");
    const noise =
      /^\/(run\/(adduser|log|systemd|user|dbus|mount|initctl)|var\/(log|cache|tmp|lib\/(dpkg|systemd|private|apt))|etc\/(machine-id|\.pwd\.lock|ld\.so\.cache|(passwd|group|shadow|gshadow|subuid|subgid)-?$)|usr\/share\/man\/)/;
    const state =
      "getent passwd; getent group; nft list tables; ip -6 route; ip -4 route; ip -br link | cut -d' ' -f1;";
    const switches = "cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding";
    const kept = files.split("\n").filter((line) => !noise.test(line));
    return [...kept, await debian.shell(state + switches)].join("\n");
  }

  it("lintian has nothing against the packages but what is written down", async () => {
    const files = ["v6peer", "v4peer", "nat64-coordinator"].map(
      (name) => `${packages}/${name}_${OLD}_${ARCHITECTURE}.deb`,
    );
    const { stdout } = await net.server.run(
      ["lintian", "--allow-root", "--fail-on", "none", "--tag-display-limit", "0", ...files],
      { timeout: 240_000 },
    );
    expect(stdout.split("\n").filter((line) => /^[EW]:/.test(line))).toEqual([]);
  });

  it("a prefix that nobody could reach is refused with the reason, and nothing is started", async () => {
    await preseed("v6peer v6peer/prefix string fd00::/80\n");
    const said = await install("v6peer", OLD);
    expect(said).toMatch(/prefix: fd00::\/80 is not globally routable \(fc00::\/7: Unique-Local/);
    expect((await debian.run("test", "-e", "/etc/v6peer/v6peer.toml")).code).toBe(1);
    expect(await debian.show("v6peerd", "ActiveState")).toBe("inactive");
    await debian.must("dpkg", "--purge", "v6peer");
  });

  it("installed preseeded, the client reaches the IPv4 server through it", async () => {
    await preseed(`v6peer v6peer/prefix string ${PREFIX}\nv6peer v6peer/bandwidth string 50M\n`);
    await install("v6peer", OLD);
    await debian.until("v6peerd runs", async () => (await debian.show("v6peerd", "ActiveState")) === "active");
    expect(await fetchPage()).toMatch(/^Hello 93\.184\.\d+\.\d+!/);
    expect(await debian.must("cat", "/usr/share/doc/v6peer/examples/v6peerd.rules.yml")).toContain("groups:");
    expect(await config()).toContain(`prefix = "${PREFIX}"\nbandwidth = "50M"\n`);
  });

  it("runs as a user of its own, with CAP_NET_ADMIN and no more", async () => {
    const status = await debian.shell('cat "/proc/$(systemctl show v6peerd -p MainPID --value)/status"');
    expect(status).toMatch(/^Uid:\t([1-9]\d*)\t\1\t\1\t\1$/m);
    for (const set of ["CapPrm", "CapEff", "CapBnd", "CapAmb"]) expect(status).toContain(`${set}:\t0000000000001000`);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
  });

  it("tells systemd how it is, and feeds the watchdog", async () => {
    expect(await debian.show("v6peerd", "StatusText")).toMatch(/^2a00:64:64::\/80: \d+ sessions/);
    expect(Number(await debian.show("v6peerd", "WatchdogTimestampMonotonic"))).toBeGreaterThan(0);
  });

  it("answers root and the group v6peer, and nobody else", async () => {
    expect(await debian.must("v6peer", "status")).toContain(global.nat64);
    expect(
      (await debian.run("setpriv", "--reuid=nobody", "--regid=v6peer", "--clear-groups", "v6peer", "status")).code,
    ).toBe(0);
    expect(
      (await debian.run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "v6peer", "status")).code,
    ).toBe(69);
  });

  it("systemd finds its units right, and little that they may do", async () => {
    await expectSoundUnit("v6peerd");
  });

  it("man pages open without a warning, and bash completes commands and options", async () => {
    for (const page of ["1 v6peer", "8 v6peerd", "5 v6peer.toml"]) {
      const [section, name] = page.split(" ");
      const path = `/usr/share/man/man${section}/${name}.${section}.gz`;
      const { stderr } = await net.server.run([
        "sh",
        "-c",
        `gzip -dc /proc/${debian.pid}/root${path} | man --warnings -l - > /dev/null`,
      ]);
      expect(stderr, page).toBe("");
    }
    const complete = (line: string): Promise<string> =>
      debian.must(
        "bash",
        "-c",
        `. /usr/share/bash-completion/completions/v6peer
        COMP_WORDS=(${line} ''); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _v6peer; echo "\${COMPREPLY[*]}"`,
      );
    expect(await complete("v6peer")).toMatch(/\bstatus\b.*\bexplain\b/);
    expect(await complete("v6peer status")).toMatch(/--json/);
  });

  it("reloads, and systemd sees that it is over", async () => {
    await debian.must("systemctl", "reload", "v6peerd");
    await debian.until("the reload is logged", async () =>
      (await debian.must("journalctl", "-u", "v6peerd", "-o", "cat", "--no-pager")).includes("configuration reloaded"),
    );
    // "reloading" until the daemon says that it is ready again.
    await debian.until("it is over", async () => (await debian.show("v6peerd", "ActiveState")) === "active");
  });

  it("killed, it comes back, after what was left has been taken back", async () => {
    const pid = await debian.show("v6peerd", "MainPID");
    await debian.must("kill", "-KILL", pid);
    await debian.until("it runs again", async () => {
      const [state, now] = [await debian.show("v6peerd", "ActiveState"), await debian.show("v6peerd", "MainPID")];
      return state === "active" && now !== pid;
    });
    expect(await fetchPage()).toMatch(/^Hello /);
    expect(await debian.must("journalctl", "-u", "v6peerd", "-o", "cat", "--no-pager")).toContain(
      "undone what was left",
    );
  });

  it("one that hangs is ended by the watchdog and started again", async () => {
    await debian.shell(
      "mkdir -p /run/systemd/system/v6peerd.service.d && printf '[Service]\\nWatchdogSec=2\\nTimeoutAbortSec=1\\n' > /run/systemd/system/v6peerd.service.d/t.conf && systemctl daemon-reload && systemctl restart v6peerd",
    );
    const pid = await debian.show("v6peerd", "MainPID");
    await debian.must("kill", "-STOP", pid);
    await debian.until("it runs again", async () => {
      const [state, now] = [await debian.show("v6peerd", "ActiveState"), await debian.show("v6peerd", "MainPID")];
      return state === "active" && now !== pid;
    });
    expect(await debian.must("journalctl", "-u", "v6peerd", "-o", "cat", "--no-pager")).toMatch(/Watchdog timeout/);
    await debian.shell(
      "rm -r /run/systemd/system/v6peerd.service.d && systemctl daemon-reload && systemctl restart v6peerd",
    );
    expect(await fetchPage()).toMatch(/^Hello /);
  });

  it("an upgrade keeps answers and what was edited by hand, and the new version runs", async () => {
    await debian.shell(`printf '\\n# mine\\n[log]\\nlevel = "debug"\\n' >> /etc/v6peer/v6peer.toml
      sed -i 's/^bandwidth = .*/bandwidth = "40M" # by hand/' /etc/v6peer/v6peer.toml`);
    const edited = await config();
    const pid = await debian.show("v6peerd", "MainPID");
    await install("v6peer", NEW);
    await debian.until("the new one runs", async () => {
      return (
        (await debian.show("v6peerd", "ActiveState")) === "active" && (await debian.show("v6peerd", "MainPID")) !== pid
      );
    });
    expect(await config()).toBe(edited);
    expect(edited).toContain('bandwidth = "40M" # by hand');
    expect(await debian.must("dpkg-query", "-W", "--showformat=$" + "{Version}", "v6peer")).toBe(NEW);
    expect(await fetchPage()).toMatch(/^Hello /);
  });

  it("dpkg-reconfigure shows what the file says, asks again for what is refused, and changes that alone", async () => {
    const edited = await config();
    const shown = await debian.must("debconf-show", "v6peer");
    // Teletype asks on a terminal, line by line. Whatever else it waits for wants Enter.
    const terminal =
      "stty rows 500; DEBIAN_FRONTEND=teletype timeout --foreground 60 dpkg-reconfigure -p high v6peer; touch /run/done";
    const type = `prefix=2001:db8::/80 before=0
      while [ ! -e /run/done ]; do
        sleep 0.5
        now=$(stat -c %s /run/said)
        if [ $now = $before ]; then
          case $(tail -n 1 /run/said) in
            *"for the NAT64:"*) echo $prefix; prefix=${PREFIX} ;;
            *"NAT64 prefix:"*) echo 30M ;;
            *) echo ;;
          esac
        fi
        before=$now
      done`;
    const said = await debian.shell(
      `touch /run/said; (${type}) | script -qefc '${terminal}' /run/said > /dev/null; cat /run/said; rm /run/said /run/done`,
    );
    expect(shown).toContain("v6peer/bandwidth: 40M");
    expect(said).toMatch(/2001:db8::\/80 is a documentation\s+prefix/);
    expect(await config(), said).toBe(edited.replace('"40M"', '"30M"'));
  });

  it("removed and installed again it knows everything; purged it leaves nothing", async () => {
    const edited = await config();
    await debian.must("dpkg", "--remove", "v6peer");
    expect(await config()).toBe(edited);
    expect(await debian.must("nft", "list", "tables")).not.toContain("v6peer");
    await install("v6peer", NEW);
    expect(await config()).toBe(edited);
    await debian.must("dpkg", "--purge", "v6peer");
    expect(await everything()).toBe(before);
  });

  it("coordinator and IPv4 peer run beside an IPv6 peer on one host, and find each other", async () => {
    const [own4, own6] = await Promise.all(
      ["-4", "-6"].map(async (family) => {
        const rows = JSON.parse(await debian.must("ip", "-j", family, "address", "show", "scope", "global"));
        return rows[0].addr_info[0].local as string;
      }),
    );
    await preseed(`nat64-coordinator nat64-coordinator/primary string ${own4}:3544
nat64-coordinator nat64-coordinator/secondary string ${own4}:3545
nat64-coordinator nat64-coordinator/source string [${own6}]:3546
v6peer v6peer/prefix string ${PREFIX}
`);
    await install("nat64-coordinator", OLD);
    await debian.until("it runs", async () => (await debian.show("nat64-coordinator", "ActiveState")) === "active");
    const pin = (
      await debian.must(
        "setpriv",
        "--reuid=nat64-coordinator",
        "--regid=nat64-coordinator",
        "--clear-groups",
        "nat64-coordinator",
        "--print-pin",
      )
    ).trim();
    await preseed(`v4peer v4peer/coordinator string ${own4}
v4peer v4peer/pin string ${pin}
v4peer v4peer/policy select nothing
`);
    await install("v4peer", OLD);
    await install("v6peer", NEW);
    await debian.until(
      "v4peer is connected",
      async () =>
        (await debian.show("v4peer", "StatusText")).includes(`connected to ${own4}`) &&
        !(await debian.show("v4peer", "StatusText")).includes("not connected"),
    );
    await debian.until("all run", async () => (await debian.show("v6peerd", "ActiveState")) === "active");
    for (const name of ["v4peer", "nat64-coordinator"]) await expectSoundUnit(name);
    await debian.must("dpkg", "--purge", "nat64-coordinator", "v4peer", "v6peer");
    expect(await everything()).toBe(before);
  });
});
