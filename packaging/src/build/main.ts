/** Makes the Debian packages. npm run deb calls it when everything that it needs is there. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { BUILD, OUTPUT } from "./places.ts";
import { ARCHITECTURES, type Architecture, RECIPES } from "./recipes.ts";
import { fetchRuntime, NODE_VERSION } from "./runtime.ts";
import { type BuildOptions, makeSourcePackage } from "./source-package.ts";
import { buildTime, debianVersion } from "./version.ts";

const { values } = parseArgs({
  options: {
    arch: { type: "string", multiple: true },
    version: { type: "string" },
    output: { type: "string" },
    quick: { type: "boolean" },
  },
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
  say(`${debian}: packages${values.quick ? "" : " (a minute or two, for the compression)"}`);
  buildPackages(folder, architecture);
  for (const file of readdirSync(`${BUILD}/${debian}`).filter((each) => each.endsWith(".deb"))) {
    copyFileSync(`${BUILD}/${debian}/${file}`, `${output}/${file}`);
    const megabytes = (statSync(`${output}/${file}`).size / 1e6).toFixed(1);
    say(`${relative(process.cwd(), `${output}/${file}`)} (${megabytes} MB)`);
  }
  rmSync(`${BUILD}/${debian}`, { recursive: true, force: true });
}

/** What debhelper prints is shown when it fails. */
function buildPackages(folder: string, { debian }: Architecture): void {
  const { status, error, stdout, stderr } = spawnSync("dpkg-buildpackage", ["-b", "-us", "-uc", "-d", `-a${debian}`], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      SOURCE_DATE_EPOCH: String(time),
      COMPRESSION: values.quick ? "-Zgzip -z1" : "-Zxz",
      LC_ALL: "C.UTF-8",
      TZ: "UTC",
    },
    maxBuffer: 1 << 26,
  });
  if (status === 0) return;
  process.stderr.write(`${stdout}\n${stderr}\n`);
  throw new Error(`dpkg-buildpackage failed: ${error?.message ?? `exit code ${status}`}`);
}

function say(text: string): void {
  process.stderr.write(`==> ${text}\n`);
}
