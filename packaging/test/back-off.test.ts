/** The pauses between restarts: what the units run after a failure, with a `sleep` that only says for how long. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const UNITS = ["v6peer.v6peerd", "v4peer", "nat64-coordinator"];
const TEN_MINUTES = 600;

describe.each(UNITS)("after a failure of %s", (name) => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "back-off-"));
    writeFileSync(join(directory, "sleep"), '#!/bin/sh\necho "$1"\n');
    chmodSync(join(directory, "sleep"), 0o755);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Seconds that the unit sleeps after an end; NaN for not at all. */
  function pauseAfter(result: string, status: string): number {
    const unit = readFileSync(new URL(`../debian/${name}.service`, import.meta.url), "utf8");
    const [, script] = /^ExecStopPost=-\/bin\/sh -c '(.*)'$/m.exec(unit) ?? [];
    const environment = { RUNTIME_DIRECTORY: directory, SERVICE_RESULT: result, EXIT_STATUS: status };
    const env = { ...environment, PATH: `${directory}:${process.env.PATH}` };
    const said = execFileSync("/bin/sh", ["-c", script.replaceAll("$$", "$")], { encoding: "utf8", env });
    return said === "" ? Number.NaN : Number(said);
  }
  const pauses = (count: number) => Array.from({ length: count }, () => pauseAfter("exit-code", "71"));

  it("each pause is longer than the one before, up to half a minute", () => {
    expect(pauses(8)).toEqual([0, 2, 4, 8, 16, 32, 32, 32]);
  });

  it("they begin again after a run that ended well, and after a run of ten minutes", () => {
    pauses(4);
    expect(pauseAfter("success", "0")).toBeNaN();
    expect(pauses(3)).toEqual([0, 2, 4]);
    const then = Date.now() / 1000 - TEN_MINUTES - 60;
    utimesSync(join(directory, "failures"), then, then);
    expect(pauses(2)).toEqual([0, 2]);
  });

  it("there is none where no restart follows: a wrong command line, an invalid file", () => {
    for (const status of ["64", "78"]) expect(pauseAfter("exit-code", status)).toBeNaN();
  });
});
