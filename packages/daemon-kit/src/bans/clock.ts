/**
 * How long a ban has lasted. The wall clock may jump, so it is not asked: within a boot the uptime tells (CLOCK_BOOTTIME, which also
 * counts while the host sleeps). Across a reboot only the wall clock can tell how long the host was off. It is believed from
 * nothing up to {@link MAX_OFF_MS}, and the time since the boot counts in any case. So a wrong clock never ends a ban more than a
 * day early, and a ban lasts longer where the host was off for more than a day.
 */
import { uptime } from "node:os";
import { bootId } from "../system/boot-id.ts";

/** The most that the wall clock is believed about the time between two boots. */
export const MAX_OFF_MS = 86_400_000;

/** The clocks of a host. */
export interface BanClock {
  /** Identifies the boot. */
  readonly boot: string;
  /** Milliseconds since the boot. */
  uptime(): number;
  /** Milliseconds since 1970. */
  wall(): number;
}

/** When a file was written, on all clocks. */
export interface Stamp {
  readonly boot: string;
  readonly uptime: number;
  readonly wall: number;
}

/** The clocks of this host. */
export function systemClock(): BanClock {
  return { boot: bootId(), uptime: () => Math.round(uptime() * 1000), wall: Date.now };
}

/** Reads all clocks. */
export function stampOf(clock: BanClock): Stamp {
  return { boot: clock.boot, uptime: clock.uptime(), wall: clock.wall() };
}

/** Milliseconds since a stamp, as far as they are certain. Never negative. */
export function elapsedSince(stamp: Stamp, clock: BanClock): number {
  const now = clock.uptime();
  // A container may start again, with an uptime of its own, while its host does not.
  if (stamp.boot === clock.boot && now >= stamp.uptime) return now - stamp.uptime;
  return Math.max(now, Math.min(MAX_OFF_MS, clock.wall() - stamp.wall));
}
