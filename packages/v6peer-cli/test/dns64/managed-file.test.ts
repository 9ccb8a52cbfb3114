import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "@nat64/daemon-kit/command-line";
import { afterEach, beforeEach, expect, it } from "vitest";
import { placeFile } from "../../src/commands/dns64/managed-file.ts";
import { HEADER } from "../../src/commands/dns64/managed-text.ts";
import { readRemembered } from "../../src/commands/dns64/memory.ts";
import { Publisher } from "../../src/commands/dns64/publisher.ts";
import { SERVERS } from "../../src/commands/dns64/servers/index.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "v6pc-"));
  file = join(directory, "dns64.conf");
});
afterEach(() => rmSync(directory, { recursive: true }));

const content = (...lines: readonly string[]) => ({ whole: () => ["whole {", ...lines, "}"], part: () => lines });
const read = () => readFileSync(file, "utf8");

it("writes a file of its own, and leaves it alone when nothing changes", () => {
  expect(placeFile(file, content("a")).isChanged).toBe(true);
  expect(read()).toBe(`${HEADER} Your changes here will be lost.\nwhole {\na\n}\n`);
  const { ino } = statSync(file);
  expect(placeFile(file, content("a")).isChanged).toBe(false);
  expect(statSync(file).ino).toBe(ino);
  expect(readdirSync(directory)).toEqual(["dns64.conf"]);
});

it("writes between markers only, with their indentation", () => {
  writeFileSync(file, "interface eth0 {\n  x;\n  # begin v6peer dns64\n  old;\n  # end v6peer dns64\n};\n");
  placeFile(file, content("a;", "b;"));
  expect(read()).toBe("interface eth0 {\n  x;\n  # begin v6peer dns64\n  a;\n  b;\n  # end v6peer dns64\n};\n");
});

it("leaves a file alone that somebody else wrote", () => {
  writeFileSync(file, "options { };\n");
  expect(() => placeFile(file, content("a"))).toThrow(UsageError);
  expect(read()).toBe("options { };\n");
});

it("leaves a file alone whose markers are not on lines of their own", () => {
  const text = "one\n# begin v6peer dns64 # end v6peer dns64\ntwo\n";
  writeFileSync(file, text);
  expect(() => placeFile(file, content("a"))).toThrow(UsageError);
  expect(read()).toBe(text);
});

it("keeps mode and symbolic link, and puts back what was there", () => {
  const real = join(directory, "real.conf");
  writeFileSync(real, `${HEADER}\nold\n`);
  chmodSync(real, 0o640);
  symlinkSync(real, file);
  const { undo } = placeFile(file, content("a"));
  expect(readFileSync(real, "utf8")).toContain("whole {");
  expect(statSync(real).mode & 0o777).toBe(0o640);
  undo();
  expect(readFileSync(real, "utf8")).toBe(`${HEADER}\nold\n`);
});

const plan = (...prefixes: readonly string[]) => ({ prefixes, withdrawn: [], isLab: false });
const publisher = (check: string, reload: string, reloadsFirst = false) =>
  new Publisher({ server: SERVERS.bind, file, check, reload, reloadsFirst });

it("reloads once when something has changed, and not at all otherwise", async () => {
  const reload = `echo . >> ${join(directory, "reloads")}`;
  const bind = publisher("true", reload);
  expect(await bind.publish(plan("64:ff9b::/96"))).toEqual({ result: "changed" });
  expect(await bind.publish(plan("64:ff9b::/96"))).toEqual({ result: "unchanged" });
  expect(readFileSync(join(directory, "reloads"), "utf8")).toBe(".\n");
});

it("reloads first of all when somebody may have forgotten that", async () => {
  const reload = `echo . >> ${join(directory, "reloads")}`;
  await publisher("true", "").publish(plan("64:ff9b::/96"));
  const bind = publisher("true", reload, true);
  expect(await bind.publish(plan("64:ff9b::/96"))).toEqual({ result: "changed" });
  expect(await bind.publish(plan("64:ff9b::/96"))).toEqual({ result: "unchanged" });
});

it("puts the old file back when the server would not take the new one", async () => {
  const refused = await publisher("echo line 3: nonsense >&2; exit 2", "true").publish(plan("64:ff9b::/96"));
  expect(refused).toEqual({ result: "refused", problem: expect.stringContaining("exited with 2: line 3: nonsense") });
  expect(existsSync(file)).toBe(false);
});

it("reloads again later when a reload failed", async () => {
  const bind = publisher("", `test -e ${join(directory, "ready")}`);
  expect(await bind.publish(plan("64:ff9b::/96"))).toMatchObject({ result: "not-reloaded" });
  writeFileSync(join(directory, "ready"), "");
  expect(await bind.publish(plan("64:ff9b::/96"))).toEqual({ result: "changed" });
});

it("says so when the system does not let it write", async () => {
  file = join(directory, "nowhere", "dns64.conf");
  expect(await publisher("", "").publish(plan())).toEqual({
    result: "not-written",
    problem: expect.stringContaining("ENOENT"),
  });
});

it("remembers in the file what the list said, and believes only what can be a prefix", async () => {
  const [anna, bert] = ["a", "b"].map((letter) => letter.repeat(32));
  const remembered = [`# ${anna} has 2a00:64:2::/80`, `# ${bert} has fe80::/80`];
  await publisher("", "").publish({ ...plan("64:ff9b::/96"), remembered });
  expect([...readRemembered(file, false)]).toEqual([[anna, "2a00:64:2::/80"]]);
  expect([...readRemembered(join(directory, "none"), false)]).toEqual([]);
});
