// What the scenarios share. They run in a namespace of their own, as root, and report one line of JSON.
import { execFileSync } from "node:child_process";

export function report(value) {
  console.log(JSON.stringify(value));
}

export function ip(command) {
  execFileSync("ip", command.split(" "), { stdio: ["ignore", "ignore", "inherit"] });
}
