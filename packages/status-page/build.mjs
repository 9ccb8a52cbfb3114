// Bundles the page for browsers and puts its files, compressed, into dist/files.js: one module, so that whoever bundles the
// daemon has the page in it, too.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const PAGE = fileURLToPath(new URL("src/page/", import.meta.url));
const DIST = fileURLToPath(new URL("dist/", import.meta.url));
/** Stands for the hash of the bundle until that is known. */
const PLACEHOLDER = "build-not-known";

const bundled = await build({
  entryPoints: { page: `${PAGE}main.tsx` },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { PAGE_BUILD: JSON.stringify(PLACEHOLDER) },
  legalComments: "eof",
  outdir: DIST,
  write: false,
});
const style = await build({
  entryPoints: { page: `${PAGE}page.css` },
  bundle: true,
  minify: true,
  outdir: DIST,
  write: false,
});

const script = bundled.outputFiles[0].text;
const sources = {
  "index.html": ["text/html; charset=utf-8", readFileSync(`${PAGE}index.html`)],
  "page.css": ["text/css; charset=utf-8", style.outputFiles[0].contents],
  "icon.svg": ["image/svg+xml", readFileSync(`${PAGE}icon.svg`)],
};
const id = createHash("sha256")
  .update(script)
  .update(Object.values(sources).reduce((all, [, bytes]) => all + Buffer.from(bytes).toString("latin1"), ""))
  .digest("hex")
  .slice(0, 16);
sources["page.js"] = ["text/javascript; charset=utf-8", Buffer.from(script.replaceAll(PLACEHOLDER, id))];

const files = Object.entries(sources).map(
  ([path, [type, bytes]]) =>
    `  { path: ${JSON.stringify(path)}, type: ${JSON.stringify(type)}, gzip: ${JSON.stringify(gzipSync(bytes, { level: 9 }).toString("base64"))} },`,
);
writeFileSync(
  `${DIST}files.js`,
  `export const BUILD = ${JSON.stringify(id)};\nexport const FILES = [\n${files.join("\n")}\n];\n`,
);
writeFileSync(
  `${DIST}files.d.ts`,
  `/** One file of the page. */
export interface PageFile {
  /** Its name; all lie beside each other, and the page is \`index.html\`. */
  readonly path: string;
  readonly type: string;
  /** Its bytes, gzip in Base64. */
  readonly gzip: string;
}

/** Which build of the page this is. */
export declare const BUILD: string;

/** The page: all of its files. */
export declare const FILES: readonly PageFile[];
`,
);
