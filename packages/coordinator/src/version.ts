import { versionOf } from "@nat64/daemon-kit/program";

/** The version of this package. */
export const VERSION: string = versionOf(import.meta.url);
