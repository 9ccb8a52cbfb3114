// Owns a lab with one host and a program in it, prints their names, and waits to be ended by a signal.
import { Lab } from "../dist/index.js";

const lab = Lab.create();
const host = await lab.host("a");
const program = await host.start(["sleep", "60"]);
process.stdout.write(JSON.stringify({ runId: lab.runId, program: program.pid }));
setInterval(() => {}, 1000);
