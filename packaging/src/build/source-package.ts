/** The folder that dpkg-buildpackage works in: `debian/`, and `stage/` with what was built before. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { renderCopyright } from "./copyright.ts";
import { writeDocuments } from "./documents.ts";
import { writeMaintainerScripts } from "./maintainer-scripts.ts";
import { DEBIAN } from "./places.ts";
import { type Architecture, RECIPES } from "./recipes.ts";
import { stage } from "./stage.ts";

/** What the build was asked for. */
export interface BuildOptions {
  /** Debian versions by the names of the packages. */
  readonly versions: ReadonlyMap<string, string>;
  /** Seconds since 1970. */
  readonly time: number;
}

/** Makes it in `folder`, which is emptied before. */
export async function makeSourcePackage(
  folder: string,
  architecture: Architecture,
  runtime: string,
  { versions, time }: BuildOptions,
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(DEBIAN, `${folder}/debian`, { recursive: true });
  for (const recipe of RECIPES) {
    const { name } = recipe;
    const included = await stage(recipe, architecture, runtime, `${folder}/stage/${name}`);
    writeDocuments(recipe, `${folder}/stage/${name}`, time);
    writeFileSync(`${folder}/debian/${name}.install`, `stage/${name}/* /\n`);
    writeFileSync(`${folder}/debian/${name}.copyright`, renderCopyright(name, included, runtime));
    writeMaintainerScripts(name, `${folder}/debian`);
  }
  const lines = [...versions].map(([name, version]) => `${name} ${version}\n`);
  writeFileSync(`${folder}/debian/versions`, lines.join(""));
  writeFileSync(`${folder}/debian/changelog`, changelog([...versions.values()][0], time));
}

/** What changed stands in the changelogs of the npm packages, which people read; Debian wants a file of this form. */
function changelog(version: string, time: number): string {
  const date = new Date(time * 1000).toUTCString().replace("GMT", "+0000");
  const maintainer = "The peer-to-peer NAT64 contributors <nat64@users.noreply.github.com>";
  return `nat64 (${version}) unstable; urgency=medium\n\n  * Release ${version}.\n\n -- ${maintainer}  ${date}\n`;
}
