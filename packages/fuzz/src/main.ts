/** The program behind `npm run fuzz`. */
import { runCommand } from "./command/run-command.ts";

const controller = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => controller.abort());
process.exitCode = await runCommand(process.argv.slice(2), controller.signal);
