import type { Refusals } from "@nat64/rfc6052";
import { createBatch } from "../batch.ts";
import type { CommonSettings } from "../config/compile-config.ts";
import { EngineCounters } from "../counters.ts";
import { Emitter } from "../pipeline/emit.ts";
import { OwnPackets } from "../pipeline/own-packets/own-packets.ts";
import { Nat64Pipeline, type PipelineParts } from "../pipeline/pipeline.ts";
import { seedIdentifications, TranslateSettings } from "../translate/settings.ts";
import { keyedHash } from "./engine-options.ts";

/** Refuses no address. */
export const NO_REFUSALS: Refusals = { refusesIPv4: () => false, refusesClientSource: () => false };

/** Assembles a pipeline from the parts that all modes share and the parts of one mode. */
export function assemble(
  settings: CommonSettings,
  random: () => number,
  counters: EngineCounters = new EngineCounters(),
  refusals: Refusals,
  makeMode: (
    emitter: Emitter,
    own: OwnPackets,
  ) => Pick<
    PipelineParts,
    | "lookUp"
    | "upkeep"
    | "bans"
    | "banEnder"
    | "carriedState"
    | "exits"
    | "drains"
    | "ender"
    | "pairs"
    | "unknownConnections"
    | "isOwnIPv4Shared"
  >,
  isExit = false,
): Nat64Pipeline {
  const translate = new TranslateSettings();
  translate.mtuIPv4 = settings.mtuIPv4;
  translate.mtuIPv6 = settings.mtuIPv6;
  translate.computesZeroChecksum = settings.computesZeroChecksum;
  translate.trafficClassToIPv6 = settings.trafficClassToIPv6;
  translate.trafficClassToIPv4 = settings.trafficClassToIPv4;
  seedIdentifications(translate, random());
  const emitter = new Emitter(counters, createBatch(new Uint8Array(0), 0));
  const own = new OwnPackets(settings, translate, refusals, emitter, counters, keyedHash(random), isExit);
  return new Nat64Pipeline({ settings, translate, emitter, own, counters, ...makeMode(emitter, own) });
}
