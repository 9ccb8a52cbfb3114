/** Node's hooks (`module.register`) that instrument the code under test while it is loaded. */
import type { InitializeHook, LoadHook } from "node:module";
import { instrument } from "./instrument.ts";

let pattern = /(?:)/;

/** Gets the pattern of the URLs to instrument, as the source of a regular expression. */
export const initialize: InitializeHook<string> = (source) => {
  pattern = new RegExp(source);
};

/** Loads a module. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (loaded.format !== "module" || !pattern.test(url)) return loaded;
  return { ...loaded, source: instrument(textOf(loaded.source), url) };
};

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray | undefined): string {
  if (source === undefined) return "";
  return typeof source === "string" ? source : new TextDecoder().decode(source);
}
