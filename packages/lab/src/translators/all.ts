import { kernel } from "./kernel.ts";
import { ours } from "./ours.ts";
import { tayga } from "./tayga.ts";
import type { Translator } from "./translator.ts";

/**
 * Every translator, in the order of the bench's columns. One client generates all traffic, so ours runs without caps
 * per client.
 */
export const TRANSLATORS: readonly Translator[] = [kernel, tayga, ours({ caps: "none" })];
