/** The command `v6peer`. */
import { runProgram } from "@nat64/daemon-kit/command-line";
import { standardOutput } from "./output/output.ts";
import { createProgram } from "./program.ts";

await runProgram((done) => createProgram(standardOutput(), done));
