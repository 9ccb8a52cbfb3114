// Runs the program given as argument until it has answered three pings.
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { report } from "./support.mjs";

const program = spawn(process.execPath, ["--input-type=module", "-e", process.argv[2]], {
  cwd: import.meta.dirname,
  stdio: "inherit",
});
const failed = new Promise((_, reject) => {
  program.once("exit", (code) => reject(new Error(`the example ended with ${code}`)));
});
failed.catch(() => {});
const isUp = () =>
  existsSync("/sys/class/net/pong0") && execFileSync("ip", ["address", "show", "up"]).includes("pong0");
while (!isUp()) await Promise.race([setTimeout(20), failed]);

const ping = spawn("ping", ["-c", "3", "-i", "0.2", "-W", "5", "10.99.0.7"], { stdio: ["ignore", "pipe", "inherit"] });
let output = "";
for await (const chunk of ping.stdout) output += chunk;
program.kill();
const [, transmitted, received] = /(\d+) packets transmitted, (\d+) received/.exec(output);
report({ transmitted: Number(transmitted), received: Number(received) });
