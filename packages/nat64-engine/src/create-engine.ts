import { createExit } from "./assemble/create-exit.ts";
import { createStateful } from "./assemble/create-stateful.ts";
import { createStateless } from "./assemble/create-stateless.ts";
import type { EngineOptions } from "./assemble/engine-options.ts";
import type { Nat64Config } from "./config/config.ts";
import type { Nat64Pipeline } from "./pipeline/pipeline.ts";

/** Makes an engine with the batch interface. Throws a `ConfigError` that names the field. */
export function createEngine(config: Nat64Config, options: EngineOptions): Nat64Pipeline {
  switch (config.mode) {
    case "stateful":
      return createStateful(config, options);
    case "stateless":
      return createStateless(config, options);
    case "exit":
      return createExit(config, options);
  }
}
