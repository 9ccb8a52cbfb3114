import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import {
  type HostNetworks,
  HostWatch,
  METADATA_NETWORKS,
  refusedFields,
  refusedRows,
} from "../src/exit-policy/index.ts";

const table = z.strictObject(refusedFields);
const textOf = (word: number) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join(".");

describe("what an exit refuses", () => {
  test("is by default the ports of spam, worms and amplification, and the metadata addresses of clouds", () => {
    const rows = refusedRows(table.parse({}));
    const ports = (wanted: number) =>
      rows.flatMap((row) => (row.protocol === wanted ? [[row.firstPort, row.lastPort]] : [])).flat();
    expect(ports(6)).toEqual([25, 25, 139, 139, 445, 445]);
    expect(ports(17)).toEqual([19, 19, 123, 123, 137, 139, 389, 389, 1900, 1900, 11_211, 11_211]);
    const networks = rows.filter(({ protocol }) => protocol === 0);
    expect(networks.map(({ network, length }) => `${textOf(network)}/${length}`)).toEqual(METADATA_NETWORKS);
  });

  test("is more with the networks of the file and of the host, each once", () => {
    const file = table.parse({
      "refused-networks": ["203.0.113.0/24"],
      "refused-tcp": [],
      "refused-udp": [[1, 9], 53],
    });
    const rows = refusedRows(file, ["192.0.2.1/32", "203.0.113.0/24"]);
    expect(rows.map(({ network, length, protocol }) => `${textOf(network)}/${length} ${protocol}`)).toEqual([
      ...METADATA_NETWORKS.map((each) => `${each} 0`),
      "203.0.113.0/24 0",
      "192.0.2.1/32 0",
      "0.0.0.0/0 17",
      "0.0.0.0/0 17",
    ]);
  });

  test.each([
    { "refused-networks": ["2001:db8::/32"] },
    { "refused-networks": ["10.0.0.1/8"] },
    { "refused-tcp": [0] },
    { "refused-udp": [[9, 1]] },
    { "refused-sctp": [1] },
  ])("is not %j", (file) => expect(table.safeParse(file).success).toBe(false));
});

const CANNOT_RUN = process.getuid?.() !== 0 || spawnSync("ip", ["-V"]).error !== undefined;

test.skipIf(CANNOT_RUN)("a host's networks are its addresses, its routers, and what is on-link", () => {
  const name = `dk-${randomBytes(4).toString("hex")}`;
  const script = `
    import { hostNetworks } from ${JSON.stringify(new URL("../dist/exit-policy/index.js", import.meta.url).href)};
    for (const [onLink, routers] of [[false, false], [false, true], [true, false]])
      console.log(Object.values(hostNetworks({ except: "ours", onLink, routers })).flat().join(" "));`;
  execFileSync("ip", ["netns", "add", name]);
  try {
    const run = (command: string) => execFileSync("ip", ["netns", "exec", name, "sh", "-ec", command]);
    const argv = ["netns", "exec", name, process.execPath, "--input-type=module", "-e", script];
    // Without any address there are no tables of routes.
    expect(execFileSync("ip", argv, { encoding: "utf8" }).trim()).toBe("");
    run(`ip link add up0 type veth peer name up1; ip link add ours type veth peer name ours1
      ip link set lo up; ip link set up0 up; ip link set up1 up; ip link set ours up; ip link set ours1 up
      ip address add 192.0.2.5/24 dev up0; ip address add 198.18.0.1/26 dev ours
      ip route add default via 192.0.2.1
      ip route add default metric 9 nexthop via 192.0.2.2 dev up0 nexthop via 192.0.2.3 dev up0
      ip route add unreachable 203.0.113.0/24; ip route add 198.51.100.0/24 via 192.0.2.9`);
    const [own, withRouters, withLinks] = execFileSync("ip", argv, { encoding: "utf8" }).trim().split("\n");
    expect(own).toBe("127.0.0.0/8 127.0.0.1/32 192.0.2.5/32");
    expect(withRouters).toBe("127.0.0.0/8 127.0.0.1/32 192.0.2.5/32 192.0.2.1/32 192.0.2.2/32 192.0.2.3/32");
    expect(withLinks).toBe("127.0.0.0/8 127.0.0.1/32 192.0.2.5/32 192.0.2.0/24");
  } finally {
    execFileSync("ip", ["netns", "delete", name]);
  }
});

describe("a watch of the host", () => {
  const networksOf = (own: string): HostNetworks => ({ own: [own], others: [] });
  const subscribers = new Set<() => void>();
  const news = {
    subscribe(onNews: () => void) {
      subscribers.add(onNews);
      return () => subscribers.delete(onNews);
    },
  };

  test("reads again when there is news, once more if there is more meanwhile, and no more after its end", async () => {
    const changes: string[] = [];
    let now = "a";
    let goOn = () => {};
    const watch = new HostWatch({
      news,
      read: () => networksOf(now),
      onChange: ({ own }) => {
        changes.push(own.join());
        return new Promise((resolve) => {
          goOn = resolve;
        });
      },
      onProblem: (problem) => {
        throw problem;
      },
    });
    for (const each of ["b", "c", "d"]) {
      now = each;
      for (const onNews of subscribers) onNews();
    }
    expect(changes).toEqual(["b"]);
    goOn();
    await vi.waitFor(() => expect(changes).toEqual(["b", "d"]));
    goOn();
    watch.stop();
    expect(subscribers.size).toBe(0);
  });

  test("reads at once, and throws what the first reading throws", () => {
    const options = { news, onChange: () => {}, onProblem: () => {} };
    const watch = new HostWatch({ ...options, read: () => networksOf("192.0.2.1/32") });
    expect(watch.networks).toEqual(networksOf("192.0.2.1/32"));
    watch.stop();
    const fail = () => {
      throw new Error("no ip");
    };
    expect(() => new HostWatch({ ...options, read: fail })).toThrow("no ip");
  });

  test("goes on with the networks before while reading or changing fails, and tries again", async () => {
    const results: (HostNetworks | Error)[] = [networksOf("a"), new Error("read")];
    const changes: string[] = [];
    const problems: string[] = [];
    const watch = new HostWatch({
      news,
      read: () => {
        const next = results.shift() ?? networksOf("b");
        if (next instanceof Error) throw next;
        return next;
      },
      onChange: (networks) => {
        changes.push(networks.own.join());
        if (changes.length === 1) throw new Error("change");
      },
      onProblem: ({ message }) => problems.push(message),
    });
    for (let i = 0; i < 3; i++) await watch.look();
    expect([changes, problems, watch.networks]).toEqual([["b", "b"], ["read", "change"], networksOf("b")]);
    await watch.look();
    expect(changes).toEqual(["b", "b"]);
    watch.stop();
  });
});
