// Sets up for the tests without running them: node scripts/set-up.mjs
import { setUp } from "./lib/set-up.mjs";

await setUp("test");
