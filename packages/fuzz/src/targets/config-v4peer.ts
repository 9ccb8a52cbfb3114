/** The configuration file of v4peer. */
import { parseConfig } from "@nat64/v4peer-daemon/config";
import { configTarget } from "../files/config-target.ts";
import type { Target } from "../target.ts";

export const target: Target = configTarget("v4peer-daemon/v4peer.example.toml", parseConfig, []);
