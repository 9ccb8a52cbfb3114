/** Takes the pictures of the status page that the docs show. */
import type { Browser, BrowserContextOptions } from "playwright-core";
import { startChromium } from "../programs/chromium.ts";
import { play, type Scene, setScene } from "./scene.ts";

/** Seconds of traffic before the first picture, and after the trouble begins. */
const OPENING = 130;
const TROUBLE = 36;

const URL = "http://127.0.0.1:9465/";
const WIDE: BrowserContextOptions = { viewport: { width: 1100, height: 1160 } };
const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 1400 }, deviceScaleFactor: 1.5 };

/** Writes them to a directory as PNG. `state` is a directory for the daemon's state. */
export async function takePictures(directory: string, state: string, say: (text: string) => void): Promise<void> {
  say("A lab of real hosts comes up");
  const scene = await setScene(state);
  const browser = await startChromium(scene.lab, scene.v6peers[0].host);
  const take = (name: string, how: BrowserContextOptions) => picture(browser, `${directory}/${name}.png`, how);
  try {
    say(`Clients come and go for ${OPENING} seconds`);
    await withTraffic(scene, OPENING, async () => {
      await take("light", { ...WIDE, colorScheme: "light" });
      await take("dark", { ...WIDE, colorScheme: "dark" });
      await take("phone", { ...PHONE, colorScheme: "light" });
    });
    say("An IPv4 peer and the coordinator go away");
    scene.translator.v4peers[0].process.signal("SIGKILL");
    scene.translator.coordinator.process.signal("SIGKILL");
    await withTraffic(scene, TROUBLE, () => take("trouble", { ...PHONE, colorScheme: "dark" }));
  } finally {
    await browser.close();
    scene.lab.down();
  }
}

/** Takes a picture near the end of the traffic. */
async function withTraffic(scene: Scene, seconds: number, look: () => Promise<unknown>): Promise<void> {
  let isOver = false;
  const playing = play(scene, seconds).finally(() => {
    isOver = true;
  });
  await new Promise((resolve) => setTimeout(resolve, (seconds - 8) * 1000));
  if (!isOver) await look();
  await playing;
}

async function picture(browser: Browser, path: string, how: BrowserContextOptions): Promise<void> {
  const context = await browser.newContext({ ...how, reducedMotion: "reduce" });
  const page = await context.newPage();
  await page.goto(URL);
  await page.waitForSelector(".plot canvas");
  // The second row has arrived, so the chart is drawn.
  await page.waitForResponse((response) => response.url().includes("since="));
  await page.waitForTimeout(300);
  await page.screenshot({ path });
  await context.close();
}
