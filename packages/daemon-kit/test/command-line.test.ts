/** Programs in processes of their own: exit codes and standard error are a process's. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import {
  explainFailure,
  HostError,
  parsePath,
  UnavailableError,
  UsageError,
  wholeNumber,
} from "../src/command-line/index.ts";
import { ConfigFileError } from "../src/config/index.ts";
import { DaemonError } from "../src/control/index.ts";

const KIT = new URL("../dist/command-line/index.js", import.meta.url).href;
const CONFIG = new URL("../dist/config/index.js", import.meta.url).href;

/** Runs a program whose action, and that of its command `sub`, is this code. */
function run(action: string, ...args: readonly string[]) {
  const script = `import { configOption, createCommand, runProgram, UsageError } from ${JSON.stringify(KIT)};
    import { ConfigFileError } from ${JSON.stringify(CONFIG)};
    await runProgram((done) => {
      const program = createCommand({ name: "testd", description: "Test.", version: "1.2.3", exitCodes: { ok: "good", failed: "bad" } });
      const act = async (options) => { ${action} };
      program.addOption(configOption("The file.", "/etc/testd")).action(act);
      program.command("sub").option("--number <n>").action(act);
      return program;
    });`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script, "--", ...args], {
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

describe("a program", () => {
  it("explains itself and its exit codes", () => {
    const { code, stdout, stderr } = run("", "--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: testd .*\n\nTest\.\n[\s\S]*\nExit codes:\n {2}0 {3}good\n {2}1 {3}bad\n$/);
    expect(run("", "-V")).toEqual({ code: 0, stdout: "testd 1.2.3\n", stderr: "" });
  });

  it("ends with the code that its action gives", () => {
    expect(run("console.log(options.config); done(1);", "-c", "/x")).toEqual({ code: 1, stdout: "/x\n", stderr: "" });
  });

  it.each([
    [["--nope"], /^testd: unknown option '--nope'\n/],
    [["--config", ""], /^testd: option .* is invalid\. Expected a path; an empty one was given\.\n/],
    [["sub", "stray"], /^testd: too many arguments/],
  ])("%j is a usage error: 64, a sentence, and how to get help", (args, sentence) => {
    const { code, stdout, stderr } = run("done(0)", ...args);
    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/\nTry testd --help\.\n$/);
  });

  it("says what is wrong in a sentence without a stack", () => {
    expect(run('throw new UsageError("not so");')).toEqual({
      code: 64,
      stdout: "",
      stderr: "testd: not so\nTry testd --help.\n",
    });
    const problem = '{ line: 1, column: 2, key: "a", message: "wrong" }';
    expect(run(`throw new ConfigFileError("/f", [${problem}]);`)).toEqual({
      code: 78,
      stdout: "",
      stderr: "/f:1:2: a: wrong\n",
    });
  });

  it("has a stack trace for its own bugs only, and 70", () => {
    const { code, stderr } = run('throw new TypeError("oops");');
    expect(code).toBe(70);
    expect(stderr).toMatch(/^testd: TypeError: oops\n\s+at /);
  });

  it("ends quietly when nobody reads its output, and with a sentence when the disk is full", () => {
    const action =
      "process.stdout.write('x'.repeat(1e6)); await new Promise((done) => setTimeout(done, 200)); done(0);";
    const script = `import { createCommand, runProgram } from ${JSON.stringify(KIT)};
      await runProgram((done) => createCommand({ name: "testd", description: "", version: "", exitCodes: {} }).action(async () => { ${action} }));`;
    const shell = (rest: string) =>
      spawnSync("sh", ["-c", `"$0" --input-type=module -e "$1" ${rest}; echo $? >&2`, process.execPath, script], {
        encoding: "utf8",
      });
    expect(shell(">/dev/full").stderr).toMatch(/^testd: the output cannot be written \(ENOSPC: .*\)\n70\n$/);
  });
});

it.each([
  [new UsageError("not so"), 64],
  [new UnavailableError("not there"), 69],
  [new HostError("not here"), 71],
  [new DaemonError("unreachable", "nobody"), 69],
  [new DaemonError("lost", "gone"), 69],
  [new DaemonError("refused", "no"), 1],
  [new DaemonError("bad-request", "what?"), 64],
  [new ConfigFileError("/f", []), 78],
])("%s ends a program with %d and its message", (error, code) => {
  expect(explainFailure(error)).toEqual({ code, message: error.message });
});

it("values of options are checked", () => {
  expect(wholeNumber(0, 65_535)("443")).toBe(443);
  for (const text of ["", "-1", "1.5", "0x10", "65536", " 1"]) {
    expect(() => wholeNumber(0, 65_535)(text)).toThrow("Expected a whole number from 0 to 65535.");
  }
  expect(() => wholeNumber(1, 3, "seconds")("0")).toThrow("Expected a whole number of seconds from 1 to 3.");
  expect(() => parsePath("")).toThrow("Expected a path; an empty one was given.");
});
