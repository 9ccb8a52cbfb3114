/** The configuration file of v6peerd. */
import { parseConfig } from "@nat64/v6peer-daemon/config";
import { configTarget } from "../files/config-target.ts";
import type { Target } from "../target.ts";

export const target: Target = configTarget("v6peer-daemon/v6peer.example.toml", parseConfig, [
  'prefix = "2001:db8:64::/80"\nlab = true\n[local-exit]\npool = [{ address = "192.0.2.1", tcp = [1024, 2047] }]\n',
]);
