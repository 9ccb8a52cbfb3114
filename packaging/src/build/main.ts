/** Makes the Debian packages. npm run deb calls it when everything that it needs is there. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { BUILD, OUTPUT, ROOT } from "./places.ts";
import { ARCHITECTURES, type Architecture, RECIPES } from "./recipes.ts";
import { fetchRuntime, NODE_VERSION } from "./runtime.ts";
import { type BuildOptions, makeSourcePackage } from "./source-package.ts";
import { buildTime, debianVersion } from "./version.ts";

const { values } = parseArgs({
  options: { arch: { type: "string", multiple: true }, version: { type: "string" }, output: { type: "string" } },
});
const output = values.output ?? OUTPUT;
const time = buildTime();
const versions = new Map(RECIPES.map(({ name, versionOf }) => [name, values.version ?? debianVersion(versionOf)]));
mkdirSync(output, { recursive: true });
for (const architecture of ARCHITECTURES) {
  if (values.arch !== undefined && !values.arch.includes(architecture.debian)) continue;
  await make(architecture, { versions, time });
}

async function make(architecture: Architecture, options: BuildOptions): Promise<void> {
  const { debian } = architecture;
  say(`${debian}: Node ${NODE_VERSION}, code and addon`);
  const folder = `${BUILD}/${debian}/nat64`;
  await makeSourcePackage(folder, architecture, fetchRuntime(architecture), options);
  say(`${debian}: packages`);
  const build = ["-b", "-us", "-uc", "-d", `-a${debian}`, "--no-check-builddeps"];
  const { status, stdout } = spawnSync("dpkg-buildpackage", build, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"].map((each, fd) => (fd === 2 ? "inherit" : each)) as never,
    env: {
      ...process.env,
      SOURCE_DATE_EPOCH: String(time),
      DEB_BUILD_OPTIONS: "nocheck",
      LC_ALL: "C.UTF-8",
      TZ: "UTC",
    },
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`dpkg-buildpackage failed (${status}):\n${stdout}`);
  for (const file of readdirSync(`${BUILD}/${debian}`).filter((each) => each.endsWith(".deb"))) {
    renameSync(`${BUILD}/${debian}/${file}`, `${output}/${file}`);
    const megabytes = (statSync(`${output}/${file}`).size / 1e6).toFixed(1);
    say(`${`${output}/${file}`.replace(ROOT, "")} (${megabytes} MB)`);
  }
  rmSync(folder, { recursive: true, force: true });
}

function say(text: string): void {
  process.stderr.write(`==> ${text}\n`);
}
