/** `v6peer init` in a host of its own, on a real terminal (script(1) makes one), with real addresses and routes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Host, Lab, V6PEERD } from "../src/index.ts";
import { commandOf } from "../src/programs/daemon.ts";
import { isRoot } from "./root.ts";

const [ENTER, DOWN, INTERRUPT] = ["\r", "\x1b[B", "\x03"];

describe.skipIf(!isRoot)("v6peer init on a terminal", () => {
  let lab: Lab;
  let host: Host;
  let path: string;

  beforeAll(async () => {
    lab = Lab.create();
    host = await lab.host("v6peer");
    path = `${lab.directory}/etc/v6peer.toml`;
    const router = await lab.host("router");
    await lab.link(
      { host: router, addresses: ["2a00:64:a1::1/64", "93.184.2.1/24"] },
      { host, addresses: ["2a00:64:a1::2/64", "93.184.2.61/24"] },
    );
    await lab.ready();
    await host.addRoute("default", "2a00:64:a1::1");
    await host.addRoute("default", "93.184.2.1");
    await host.ip("-6 route add unreachable 2a00:64:6400::/56");
  });
  afterAll(() => lab?.down());
  beforeEach(() => rmSync(path, { force: true }));

  it("proposes the routed prefix, takes Enter for proposals, and v6peerd takes the file", async () => {
    const terminal = new Terminal(host, path);
    await terminal.answer("Which /80", ENTER);
    await terminal.answer("Where should IPv4 traffic leave", ENTER);
    await terminal.answer("With which IPv4 addresses", ENTER);
    await terminal.answer("Which coordinator", ENTER);
    await terminal.answer("Bandwidth limit", `100M${ENTER}`);
    await terminal.answer(`Write ${path}`, ENTER);
    expect(await terminal.ended()).toBe(0);
    expect(terminal.text).toContain("93.184.2.61");
    expect(readFileSync(path, "utf8")).toContain('prefix = "2a00:64:6400:64::/80"');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    const { code, stdout } = await host.run([...V6PEERD, "--check-config", "--config", path]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("2a00:64:6400:64::/96") });
  });

  it("also works on a serial console, which reports no size", async () => {
    const terminal = new Terminal(host, path, "0x0");
    await terminal.answer("Which /80 of your routed IPv6 prefix", INTERRUPT);
    expect(await terminal.ended()).toBe(1);
  });

  it("refuses each wrong /80 with the reason, and asks again", async () => {
    const terminal = new Terminal(host, path);
    // The routed one, the on-link one, and then "another one".
    await terminal.answer("Which /80", DOWN, DOWN, ENTER);
    await terminal.expect("2001:db8:64::/80");
    const wrong: readonly (readonly [string, string])[] = [
      ["fd00::/80", "not globally routable"],
      ["2001:db8::/80", "documentation prefix"],
      ["2a00:64:a1::/64", "expected a prefix of length 80"],
      ["2a00:64:a1:0:100::/80", "bits 64"],
    ];
    for (const [answer, reason] of wrong) {
      await terminal.answer(undefined, `\x15${answer}${ENTER}`);
      await terminal.expect(reason);
    }
    await terminal.answer(undefined, `\x152a00:64:a1:0:7::/80${ENTER}`);
    await terminal.answer("Where should IPv4 traffic leave", DOWN, ENTER);
    await terminal.answer("Which coordinator", ENTER);
    await terminal.expect("need a coordinator");
    await terminal.answer(undefined, `c.example:4000${ENTER}`);
    await terminal.answer("Its pin", `nonsense${ENTER}`);
    await terminal.expect("SHA-256");
    await terminal.answer(undefined, `\x15${ENTER}`);
    await terminal.answer("An invite", ENTER);
    await terminal.answer("Complaint contact", `abuse@example.net${ENTER}`);
    await terminal.answer("List the prefix", ENTER);
    await terminal.answer("Which Teredo relay", DOWN, ENTER);
    // The host's own public address is there already.
    await terminal.answer("Which public IPv4 address", ENTER);
    await terminal.answer("Bandwidth limit", ENTER);
    await terminal.answer(`Write ${path}`, ENTER);
    expect(await terminal.ended()).toBe(0);
    const text = readFileSync(path, "utf8");
    for (const line of [
      'prefix = "2a00:64:a1:0:7::/80"',
      "port = 4000",
      "listed = false",
      'relay-address = "93.184.2.61"',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).not.toContain("[local-exit]");
  });

  it("writes nothing when it is interrupted", async () => {
    const terminal = new Terminal(host, path);
    await terminal.answer("Which /80", ENTER);
    await terminal.answer("Where should IPv4 traffic leave", INTERRUPT);
    expect(await terminal.ended()).toBe(1);
    expect(terminal.text).toContain("Nothing was written.");
    expect(() => statSync(path)).toThrow();
  });
});

/** A terminal in which `v6peer init` runs. */
class Terminal {
  text = "";
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  #read = 0;

  constructor(host: Host, path: string, size: "160x60" | "0x0" = "160x60") {
    const [columns, rows] = size.split("x");
    const command = host.enter([...commandOf("@nat64/v6peer-cli", "v6peer"), "init", "--config", path]);
    this.#child = spawn(
      "script",
      ["-qefc", `stty columns ${columns} rows ${rows}; exec ${command.join(" ")}`, "/dev/null"],
      {
        stdio: ["pipe", "pipe", "inherit"],
        env: { ...process.env, TERM: "xterm" },
      },
    );
    this.#closed = once(this.#child, "close");
    this.#child.stdout?.on("data", (chunk) => {
      this.text += String(chunk);
    });
  }

  /** Waits until it asks (or at once), then presses keys, each when the last one has been seen. */
  async answer(question: string | undefined, ...keys: readonly string[]): Promise<void> {
    if (question !== undefined) await this.expect(question);
    for (const key of keys) {
      const before = this.text.length;
      this.#child.stdin?.write(key);
      await this.#until(() => this.text.length > before, `an echo of ${JSON.stringify(key)}`);
    }
  }

  /** Waits for words that it has not shown before. */
  async expect(words: string): Promise<void> {
    await this.#until(() => this.#plain().indexOf(words, this.#read) >= 0, words);
    this.#read = this.#plain().indexOf(words, this.#read) + words.length;
  }

  /** Its exit code. */
  async ended(): Promise<number> {
    const [code] = await this.#closed;
    return code as number;
  }

  /** Without what moves the cursor and colours. */
  #plain(): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences begin with one
    return this.text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    for (const deadline = Date.now() + 60_000; !holds(); await sleep(20)) {
      if (Date.now() < deadline && this.#child.exitCode === null) continue;
      this.#child.kill("SIGKILL");
      throw new Error(`not seen: ${what}\n${this.#plain()}`);
    }
  }
}
