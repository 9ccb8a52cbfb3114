import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import type { Host } from "../netns/host.ts";
import type { Lab } from "../netns/lab.ts";

/** Where Debian's package puts it. */
const PROGRAM = "/usr/bin/chromium";

/** Whether Debian's chromium is here. */
export const HAS_CHROMIUM: boolean = existsSync(PROGRAM);

/** Starts Chromium in a host of the lab: it sees the network that the host sees. Close it before the lab goes down. */
export function startChromium({ directory }: Lab, host: Host): Promise<Browser> {
  const wrapper = `${directory}/chromium`;
  const command = host.enter([PROGRAM]).join(" ");
  writeFileSync(wrapper, `#!/bin/sh\nexec ${command} "$@"\n`);
  chmodSync(wrapper, 0o755);
  // Times of day on the page are those of the browser.
  const env = { ...process.env, TZ: "UTC" };
  return chromium.launch({ executablePath: wrapper, env });
}
