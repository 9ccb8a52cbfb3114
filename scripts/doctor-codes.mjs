// Writes the table of codes into docs/doctor.md, from the code itself: node scripts/doctor-codes.mjs (after a build).
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { DOCTOR_CODES } from "../packages/v6peer-cli/dist/commands/doctor/codes.js";
import { CHECK_CODES } from "../packages/v6peer-daemon/dist/check/codes.js";
import { ROOT } from "./lib/workspace.mjs";

const PAGE = `${ROOT}docs/doctor.md`;
const [BEGIN, END] = ["<!-- codes: node scripts/doctor-codes.mjs -->\n", "<!-- end of codes -->"];

const page = readFileSync(PAGE, "utf8");
const [before, rest] = page.split(BEGIN);
const after = rest.slice(rest.indexOf(END));
const table = (title, codes) => `
### ${title}

| code | at worst | what it means | what to do |
| --- | --- | --- | --- |
${Object.entries(codes).map(row).join("\n")}
`;
writeFileSync(
  PAGE,
  `${before}${BEGIN}${table("Codes of `check` and `doctor`", CHECK_CODES)}${table("Codes of `doctor` only", DOCTOR_CODES)}\n${after}`,
);
// The linter has tables aligned.
process.exitCode = spawnSync("npx", ["biome", "check", "--write", PAGE], { cwd: ROOT, stdio: "inherit" }).status ?? 1;

function row([code, { worst, meaning, fix }]) {
  const cell = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
  return `| <a id="${code}"></a>\`${code}\` | ${worst} | ${cell(meaning)} | ${worst === "ok" ? "no action needed" : cell(fix)} |`;
}
