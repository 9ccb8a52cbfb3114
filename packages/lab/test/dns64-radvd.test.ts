import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Host, Lab } from "../src/index.ts";
import { V6PEER } from "./dns64-lab.ts";
import { isRoot } from "./root.ts";

/** What is here, as major and minor number: PREF64 came with 2.20. */
const version = /Version: (\d+)\.(\d+)/.exec(spawnSync("radvd", ["--version"], { encoding: "utf8" }).stderr ?? "");
const knowsPref64 = version !== null && (Number(version[1]) > 2 || Number(version[2]) >= 20);
const WHY = knowsPref64 ? "" : " (skipped: radvd 2.20 or newer is needed)";

const PREFIX = "2001:db8:64::/96";
/** Option 38, two units of eight bytes, 1800 s with a prefix length code of 0 for /96, then 96 bits (RFC 8781 §4). */
const PREF64 = "26020708" + "20010db80064000000000000";
const WITHDRAWN = "26020000" + "20010db80065000000000000";

describe.skipIf(!isRoot)("radvd as v6peer dns64 configures it", () => {
  let lab: Lab;
  let router: Host;
  let host: Host;
  let file: string;
  const print = async () => {
    const argv = [...V6PEER, "dns64", "radvd", "--no-probe", "--prefix", PREFIX, "--interface", "to-host"];
    return router.must(argv);
  };

  beforeAll(async () => {
    lab = Lab.create();
    router = await lab.host("router");
    host = await lab.host("host");
    await lab.link({ host: router, addresses: ["2001:db8:1::1/64"] }, { host, addresses: [] });
    await lab.ready();
    await router.forward();
    file = `${lab.directory}/radvd.conf`;
  });
  afterAll(() => lab?.down());

  it.skipIf(!knowsPref64)(`takes the file, and the host gets the PREF64 option (RFC 8781)${WHY}`, async () => {
    // As the watch writes it after a prefix has left.
    const withdrawn = "    nat64prefix 2001:db8:65::/96 { AdvValidLifetime 0; };\n};";
    writeFileSync(file, (await print()).replace(/^};$/m, withdrawn));
    expect(await router.run(["radvd", "-c", "-C", file, "-m", "stderr"])).toMatchObject({ code: 0 });
    const listening = await host.start(["tcpdump", "-lnn", "-x", "-c", "1", "-i", "to-router", "ip6[40] == 134"]);
    await listening.waitFor(/listening on/);
    await router.start(["radvd", "-n", "-C", file, "-m", "stderr", "-p", `${lab.directory}/radvd.pid`]);
    await listening.waitFor(/0x0050:/, 30_000);
    const bytes = listening.stdout.replace(/^.*0x[0-9a-f]+:|\s/gm, "");
    expect(bytes).toContain(PREF64);
    expect(bytes).toContain(WITHDRAWN);
  });

  it.skipIf(knowsPref64 || version === null)(
    "is left as it is by a radvd that is too old, with what it says",
    async () => {
      const config = `${lab.directory}/v6peer.toml`;
      writeFileSync(
        config,
        `prefix = "2001:db8:64::/80"\nlab = true\n[local-exit]\nmode = "masquerade"\n[sharing]\nfailures = 1\ntargets = ["198.51.100.2:80"]\n`,
      );
      const mine = "interface to-host {\n  AdvSendAdvert on;\n  # begin v6peer dns64\n  # end v6peer dns64\n};\n";
      writeFileSync(file, mine);
      const check = `radvd -c -C ${file} -m stderr`;
      expect(await router.run(["sh", "-c", check])).toMatchObject({ code: 0 });
      const watch = [...V6PEER, "dns64", "watch", "radvd", "--once", "-c", config, "-f", file, "--check", check];
      const { code, stdout } = await router.run([...watch, "--reload", ""]);
      expect(code).toBe(1);
      expect(stdout).toMatch(
        /check of the server's configuration failed, so the previous file was restored, .*syntax error/s,
      );
      expect(readFileSync(file, "utf8")).toBe(mine);
    },
  );
});
