/**
 * Code for a Debian package: each script with all that it imports in one file, in the place that it has in the
 * repository, so that what it looks for beside itself (its package.json, the addon, data) is found where it was.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { ROOT } from "./places.ts";

/** What came into a bundle from elsewhere: folders of npm packages. */
export type Included = Set<string>;

/** Bundles scripts (paths below the root of the repository) into `target`, with the data that their packages have. */
export async function bundle(scripts: readonly string[], target: string): Promise<Included> {
  const included: Included = new Set();
  const ours = new Set<string>();
  for (const script of scripts) {
    const { metafile } = await build({
      entryPoints: [ROOT + script],
      outfile: `${target}/${script}`,
      absWorkingDir: ROOT,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node24",
      legalComments: "none",
      external: ["*.node"],
      metafile: true,
      logLevel: "warning",
      // Some npm packages are CommonJS and ask for Node's own modules that way.
      banner: {
        js: 'import { createRequire as createRequire_ } from "node:module";\nconst require = createRequire_(import.meta.url);',
      },
      plugins: [keepPlaces(script, scripts)],
    });
    for (const input of Object.keys(metafile.inputs)) {
      const npm = /^(.*\/?node_modules\/\.pnpm\/[^/]+\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
      if (npm !== null) included.add(npm[1]);
      const own = /^((?:packages\/)?[^/]+)\/dist\//.exec(input);
      if (npm === null && own !== null) ours.add(own[1]);
    }
  }
  for (const folder of ours) copyData(folder, target);
  return included;
}

/** Lets `import.meta.url` of every module be what it was, relative to where the bundle lies. */
function keepPlaces(script: string, scripts: readonly string[]): Plugin {
  return {
    name: "keep places",
    setup(plugins) {
      plugins.onLoad({ filter: /\/(packages|packaging)\/.*\.js$/ }, ({ path }) => {
        const place = relative(ROOT, path);
        if (place.includes("node_modules/")) return undefined;
        const source = readFileSync(path, "utf8");
        for (const [, worker] of source.matchAll(/new URL\("(\.[^"]+\.js)", import\.meta\.url\)/g)) {
          const wanted = relative(ROOT, resolve(dirname(path), worker));
          if (!scripts.includes(wanted)) throw new Error(`${place} runs ${wanted}, which no recipe has`);
        }
        const url = `new URL(${JSON.stringify(relative(dirname(script), place))}, import.meta.url).href`;
        return { contents: source.replaceAll("import.meta.url", url), loader: "js" };
      });
    },
  };
}

/** Everything that a package of ours delivers and that is no code of its own: what `files` names, and its version. */
function copyData(folder: string, target: string): void {
  const manifest = JSON.parse(readFileSync(`${ROOT}${folder}/package.json`, "utf8")) as Manifest;
  const { name, version, license } = manifest;
  mkdirSync(`${target}/${folder}`, { recursive: true });
  const kept = { name, version, license, type: "module" };
  writeFileSync(`${target}/${folder}/package.json`, `${JSON.stringify(kept, undefined, 2)}\n`);
  for (const each of manifest.files ?? []) {
    if (each.startsWith("!") || /^(bin|native|LICENSE)$|\.(md|mjs|example\.toml)$/.test(each)) continue;
    const source = `${ROOT}${folder}/${each}`;
    if (!existsSync(source)) continue;
    if (each !== "dist") cpSync(source, `${target}/${folder}/${each}`, { recursive: true });
    else copyAssets(folder, target);
  }
}

/** Of `dist` only what is no module: those are in the bundles. The addon is another one for each architecture. */
function copyAssets(folder: string, target: string): void {
  const names = readdirSync(`${ROOT}${folder}/dist`, { recursive: true, withFileTypes: true });
  for (const entry of names) {
    if (!entry.isFile() || /\.(js|d\.ts|map|node|tsbuildinfo)$|^\.|^traffic-tools$/.test(entry.name)) continue;
    const place = relative(ROOT, `${entry.parentPath}/${entry.name}`);
    cpSync(ROOT + place, `${target}/${place}`);
  }
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly files?: readonly string[];
}
