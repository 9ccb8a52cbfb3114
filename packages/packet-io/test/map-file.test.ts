import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mapFile } from "@nat64/packet-io/memory";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nat64-map-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("mapFile", () => {
  it("writes stores in the buffer to the file, and the other way round", () => {
    const path = join(folder, "round-trip");
    const first = new Uint8Array(mapFile(path, 10_000));
    expect(first.length).toBe(10_000);
    expect(first.every((byte) => byte === 0)).toBe(true);
    first[9_999] = 42;
    expect(readFileSync(path)[9_999]).toBe(42);
    expect(new Uint8Array(mapFile(path, 10_000))[9_999]).toBe(42);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("keeps the data that a killed process had stored", () => {
    const path = join(folder, "killed");
    const script = `
      const { mapFile } = await import("@nat64/packet-io/memory");
      new Uint32Array(mapFile(${JSON.stringify(path)}, 4096))[1023] = 0xdecade;
      process.kill(process.pid, "SIGKILL");`;
    expect(() =>
      execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: import.meta.dirname }),
    ).toThrow(expect.objectContaining({ signal: "SIGKILL" }));
    expect(new Uint32Array(mapFile(path, 4096))[1023]).toBe(0xdecade);
  });

  it("grows a shorter file, keeps a longer one, and changes neither's bytes", () => {
    const path = join(folder, "grows");
    writeFileSync(path, "abc");
    expect(Buffer.from(mapFile(path, 5)).toString("latin1")).toBe("abc\0\0");
    expect(mapFile(path, 2).byteLength).toBe(2);
    expect(statSync(path).size).toBe(5);
  });

  it("refuses folders, symbolic links, devices, pipes and places that do not exist, with ERR_PACKET_IO_MAP", () => {
    const link = join(folder, "link");
    symlinkSync(join(folder, "target"), link);
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const path of [folder, link, "/dev/null", pipe, join(folder, "missing", "file")]) {
      expect(() => mapFile(path, 4096)).toThrow(expect.objectContaining({ code: "ERR_PACKET_IO_MAP" }));
    }
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("refuses a size of %d", (size) => {
    expect(() => mapFile(join(folder, "size"), size)).toThrow(
      expect.objectContaining({ code: "ERR_PACKET_IO_ARGUMENT" }),
    );
  });

  it("says so, and keeps nothing open, when the disk has no such room", () => {
    const before = readdirSync("/proc/self/fd").length;
    expect(() => mapFile(join(folder, "huge"), 2 ** 52)).toThrow(
      expect.objectContaining({ code: "ERR_PACKET_IO_MAP" }),
    );
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });

  it("gives the memory back when the buffer is collected", () => {
    const path = join(folder, "collected");
    const script = `
      import { readFileSync } from "node:fs";
      const { mapFile } = await import("@nat64/packet-io/memory");
      const mappings = () => readFileSync("/proc/self/maps", "utf8").split(${JSON.stringify(path)}).length - 1;
      for (let i = 0; i < 50; i++) mapFile(${JSON.stringify(path)}, 65536);
      const most = mappings();
      for (let i = 0; i < 20 && mappings() > 0; i++) { gc(); await new Promise(setImmediate); }
      console.log(most > 0, mappings());`;
    const output = execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", script], {
      cwd: import.meta.dirname,
    });
    expect(output.toString()).toBe("true 0\n");
  });
});
