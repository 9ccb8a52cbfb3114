import { kernel } from "./kernel.ts";
import { ours } from "./ours.ts";
import { tayga } from "./tayga.ts";
import type { Translator } from "./translator.ts";

/** Every translator, in the order of the bench's columns. One client makes all the traffic: ours has no caps per client. */
export const TRANSLATORS: readonly Translator[] = [kernel, tayga, ours({ caps: "none" })];
