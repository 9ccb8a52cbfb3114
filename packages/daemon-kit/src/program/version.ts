import { readFileSync } from "node:fs";

/** The version of the package that a module of its `dist/` or `src/` belongs to. @param module its `import.meta.url` */
export function versionOf(module: string): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", module), "utf8")) as { version: string };
  return manifest.version;
}
