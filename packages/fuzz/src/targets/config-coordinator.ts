/** The configuration file of nat64-coordinator. */
import { parseConfig } from "@nat64/coordinator/config";
import { configTarget } from "../files/config-target.ts";
import type { Target } from "../target.ts";

export const target: Target = configTarget("coordinator/coordinator.example.toml", parseConfig, []);
