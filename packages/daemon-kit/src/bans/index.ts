/** Bans: one mechanism for all programs. Targets, their effect and their log lines are the program's. */
export { type Ban, type ListedBan, MAX_BAN_SECONDS, MAX_BANS } from "./ban.ts";
export { type BanChange, BanKeeper, type BanKeeperParts } from "./ban-keeper.ts";
export { describeBan } from "./ban-text.ts";
export { type BanClock, systemClock } from "./clock.ts";
export {
  type BanClient,
  type BanOptions,
  describeBanCommand,
  type JsonOption,
  runBan,
  runBans,
  runUnban,
} from "./command.ts";
export { parseDuration } from "./duration.ts";
export {
  type BanReport,
  type BanRequest,
  type BansReport,
  banSchema,
  type UnbanRequest,
  unbanSchema,
} from "./requests.ts";
export { type BanTarget, formatBlock, type OwnAddress, readBlock, sizeOf } from "./target.ts";
