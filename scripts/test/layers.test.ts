import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkLayers } from "../layers/check.mjs";

let root: string;
beforeEach(() => {
  root = `${mkdtempSync(`${tmpdir()}/layers-`)}/`;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Writes files by their paths, and checks the tree. */
function breachesOf(files: Record<string, string>): string[] {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(`${root}${dirname(path)}`, { recursive: true });
    writeFileSync(`${root}${path}`, text);
  }
  return checkLayers(root);
}

/** A file that imports one other; put together here, so that the check of this tree does not take it for an import. */
const uses = (specifier: string): string => `import "${specifier}";\n`;
/** The same in the position of a type. */
const usesType = (specifier: string): string => `export type It = import("${specifier}").It;\n`;
/** A package.json without the rest. */
const manifest = (exports: object, dependencies: object = {}): string => JSON.stringify({ exports, dependencies });

describe("circles", () => {
  it("finds none in a tree without circles", () => {
    const files = {
      "packages/tun/src/index.ts": uses("./read/read.ts") + uses("./open.ts"),
      "packages/tun/src/read/read.ts": uses("../open.ts"),
      "packages/tun/src/open.ts": "export const open = 1;\n",
    };
    expect(breachesOf(files)).toEqual([]);
  });

  it("finds a circle of files, and shows the way round", () => {
    const files = {
      "packages/tun/src/a.ts": uses("./b.ts"),
      "packages/tun/src/b.ts": uses("./c.ts"),
      "packages/tun/src/c.ts": usesType("./a.ts"),
    };
    expect(breachesOf(files)).toEqual([
      "circle of files: packages/tun/src/a.ts -> packages/tun/src/b.ts -> packages/tun/src/c.ts -> packages/tun/src/a.ts",
    ]);
  });

  it("finds a circle of two folders whose files form none, and names an import for each arrow", () => {
    const files = {
      "packages/tun/src/in/a.ts": uses("../out/c.ts"),
      "packages/tun/src/in/b.ts": "",
      "packages/tun/src/out/c.ts": "",
      "packages/tun/src/out/d.ts": uses("../in/b.ts"),
    };
    expect(breachesOf(files)).toEqual([
      "circle in packages/tun/src: in -> out -> in\n    in/a.ts uses out/c.ts\n    out/d.ts uses in/b.ts",
    ]);
  });

  it("finds a circle of a file and a folder beside it, deep in the tree", () => {
    const files = {
      "packages/tun/src/x/y/top.ts": uses("./room/low.ts"),
      "packages/tun/src/x/y/room/low.ts": "",
      "packages/tun/src/x/y/room/high.ts": uses("../top.ts"),
    };
    expect(breachesOf(files)).toEqual([expect.stringMatching(/^circle in packages\/tun\/src\/x\/y: room -> top\.ts/)]);
  });

  it("looks into packaging, scripts and benches, too", () => {
    const circle = (folder: string, ending: string) => ({
      [`${folder}/a.${ending}`]: uses(`./b.${ending}`),
      [`${folder}/b.${ending}`]: uses(`./a.${ending}`),
    });
    const files = {
      ...circle("packaging/src/build", "ts"),
      ...circle("scripts/lib", "mjs"),
      ...circle("packages/tun/bench", "ts"),
    };
    expect(breachesOf(files)).toHaveLength(3);
  });

  it("leaves tests alone", () => {
    const files = {
      "packages/tun/test/a.ts": uses("./b.ts"),
      "packages/tun/test/b.ts": uses("./a.ts"),
    };
    expect(breachesOf(files)).toEqual([]);
  });
});

describe("circles of C files", () => {
  it("takes a file and its header for one, and finds none in a tree without circles", () => {
    const files = {
      "packages/tun/native/read.c":
        '#include "read.h"\n#include "batch.h"\nint read_all(void) { return batch_size(); }\n',
      "packages/tun/native/read.h": "int read_all(void);\n",
      "packages/tun/native/batch.c":
        '#include "batch.h"\n// read_all() is elsewhere\nint batch_size(void) { return 1; }\n',
      "packages/tun/native/batch.h": "int batch_size(void);\n",
    };
    expect(breachesOf(files)).toEqual([]);
  });

  it("finds one by includes", () => {
    const files = {
      "packages/tun/native/a.c": '#include "b.h"\n',
      "packages/tun/native/a.h": "",
      "packages/tun/native/b.h": '#include "a.h"\n',
    };
    expect(breachesOf(files)).toEqual([expect.stringContaining("native/a.[ch] -> packages/tun/native/b.[ch]")]);
  });

  it("finds one by calls that a common header hides", () => {
    const files = {
      "packages/tun/native/all.h": "int first(int);\nint second(int);\n",
      "packages/tun/native/a.c": '#include "all.h"\nint first(int n) {\n  return second(n - 1);\n}\n',
      "packages/tun/native/b.c": '#include "all.h"\nint second(int n) {\n  return n > 0 ? first(n) : 0;\n}\n',
    };
    expect(breachesOf(files)).toEqual([expect.stringContaining("native/a.[ch] -> packages/tun/native/b.[ch]")]);
  });

  it("does not take programs that each have a main for a circle", () => {
    const files = {
      "packages/lab/native/one.c": '#include "both.h"\nint main(void) { return help(); }\n',
      "packages/lab/native/two.c": '#include "both.h"\nint main(void) { return help(); }\n',
      "packages/lab/native/both.h": "int help(void);\n",
      "packages/lab/native/both.c": '#include "both.h"\nint help(void) { return 0; }\n',
    };
    expect(breachesOf(files)).toEqual([]);
  });
});

describe("imports", () => {
  const teredo = { "packages/teredo/package.json": manifest({ ".": "./dist/index.js" }) };

  it("may go to what a lower package exports, if package.json declares it", () => {
    const files = {
      ...teredo,
      "packages/tun/package.json": manifest({}, { "@nat64/teredo": "workspace:^" }),
      "packages/tun/src/a.ts": uses("@nat64/teredo"),
    };
    expect(breachesOf(files)).toEqual([]);
  });

  it.each([
    ["a package above", "packages/rfc6052/src/a.ts", "@nat64/teredo", "it is a layer above"],
    ["a package above packaging", "packages/lab/src/a.ts", "@nat64/packaging", "it is a layer above"],
    ["what is not exported", "packages/tun/src/a.ts", "@nat64/teredo/relay", "it is not in that package's exports"],
    ["what is not declared", "packages/tun/src/a.ts", "@nat64/teredo", "package.json does not declare it"],
    ["an unknown package", "packages/tun/src/a.ts", "@nat64/cellar", "there is no such package in the order of layers"],
    ["a file of another package", "packages/tun/src/a.ts", "../../teredo/src/x.ts", "it is outside the package"],
    ["scripts", "packaging/src/a.ts", "../../scripts/lib/say.mjs", "it is outside the package"],
    ["Node in a pure package", "packages/teredo/src/a.ts", "node:fs", "a pure package runs without Node"],
  ])("may not go to %s", (_, file, specifier, why) => {
    const files = { ...teredo, "packages/tun/package.json": manifest({}), [file]: uses(specifier) };
    expect(breachesOf(files)).toEqual([`${file}: imports "${specifier}": ${why}`]);
  });

  it("of scripts may go to files of packages by path", () => {
    expect(breachesOf({ "scripts/a.mjs": uses("../packages/tun/bench/options.mjs") })).toEqual([]);
  });

  it("need a place in the order for their package", () => {
    expect(breachesOf({ "packages/cellar/src/a.ts": "" })).toEqual([
      "packages/cellar: it has no place in the order (scripts/layers/order.mjs)",
    ]);
  });
});
