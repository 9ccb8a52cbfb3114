/** Reasons for drops in plain words. */
import type { DropPlace } from "./page-data.ts";
import { RELAY_DROPS } from "./relay-drops.ts";
import { TRANSLATOR_DROPS } from "./translator-drops.ts";
import type { DropWords, WordsByCode } from "./words.ts";

/** Every reason that there is, by who drops and by its stable code. */
export const DROP_WORDS: Readonly<Record<DropPlace, WordsByCode>> = {
  translator: TRANSLATOR_DROPS,
  relay: RELAY_DROPS,
};

/** The words of a reason. One that is newer than this page has its code for a title. */
export function dropWords(where: DropPlace, code: string): DropWords {
  const table = DROP_WORDS[where];
  if (table !== undefined && Object.hasOwn(table, code)) return table[code];
  return { weight: "usual", title: code, sentence: "This page does not know this reason." };
}
