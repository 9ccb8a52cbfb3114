/** The program `nat64-coordinator`. */
import { runProgram } from "@nat64/daemon-kit/command-line";
import { createProgram } from "./program.ts";

await runProgram(createProgram);
