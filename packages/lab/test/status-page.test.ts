import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startV6Peer, startWebServer, urlOf } from "../src/index.ts";
import { HAS_CHROMIUM, startChromium } from "../src/programs/chromium.ts";
import { usePeerPath } from "./peer-lab.ts";
import { isRoot } from "./root.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PAGE = "http://127.0.0.1:9465/";
const WHY = isRoot ? (HAS_CHROMIUM ? "" : " (skipped: needs chromium)") : " (skipped: needs root)";

describe.skipIf(!isRoot || !HAS_CHROMIUM)(`the status page of an IPv6 peer in Chromium${WHY}`, () => {
  const state = mkdtempSync(join(tmpdir(), "status-page-"));
  const top = `bandwidth = { up = "100M", down = "100M", monthly = "1G", state = "${state}" }`;
  const path = usePeerPath({ relay: "builtin", v6peers: { top } }, { nats: ["port-restricted", "full-cone"] });
  let browser: Browser;

  beforeAll(async () => {
    const { client, server, serverNat64, lab, plan, v6peers } = path.it;
    await startWebServer(server);
    await client.must(["curl", "-gsS", "-o", "/dev/null", urlOf(serverNat64, "/bytes/3000000")]);
    await client.run(["ping", "-c", "2", "-i", "0.2", "-W", "1", `${plan.v6peers[0].nat64}10.0.0.1`]);
    browser = await startChromium(lab, v6peers[0].host);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(state, { recursive: true, force: true });
  });

  /** Opens the page, and hands it over together with everything that went wrong in it. */
  async function open(how: BrowserContextOptions = {}, before?: (page: Page) => Promise<unknown>) {
    const context = await browser.newContext(how);
    const page = await context.newPage();
    const faults: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
    });
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("request", (request) => asked.push(request.url()));
    await before?.(page);
    await page.goto(PAGE);
    await page.waitForSelector(".tiles");
    return { page, faults, asked, close: () => context.close() };
  }
  const curl = (...argv: string[]) => path.it.v6peers[0].host.must(["curl", "-sS", "-m", "30", ...argv]);
  const tile = (page: Page, name: string) => page.locator(".tile", { hasText: name }).locator("strong").textContent();

  it("shows traffic, sessions, exits with their round trips, the budget, and drops in plain words", async () => {
    const { page, close } = await open();
    await expect.poll(() => tile(page, "Exits up")).toBe("2 of 2");
    await expect
      .poll(() => page.locator(".tile", { hasText: "To clients" }).locator("small").textContent())
      .toMatch(/^3\.\d+\s?MB in total$/);
    await expect.poll(async () => Number(await tile(page, "Sessions"))).toBeGreaterThan(0);
    await expect
      .poll(() => page.locator(".tile", { hasText: "Budget used" }).locator("small").textContent())
      .toMatch(/of 1\s?GB this month/);
    const isUp = expect.stringMatching(/up[\s\S]*Round trip\s*[\d.]+\s?ms/);
    await expect.poll(() => page.locator(".exits > li").allTextContents()).toEqual([isUp, isUp]);
    await expect
      .poll(() => page.locator(".drops li", { hasText: "Private or reserved destination" }).textContent())
      .toContain("such as 10.0.0.1");
    await expect.poll(() => page.locator(".verdict").textContent()).toBe("All systems normal");
    await expect.poll(() => page.title()).toBe("All systems normal – v6peerd");
    await close();
  });

  it("draws the history from before it was opened, and continues", async () => {
    const kept = async () => JSON.parse(await curl(`${PAGE}data.json`)).history.at.length;
    await expect.poll(kept).toBeGreaterThan(2);
    const { page, close } = await open();
    const plot = page.getByRole("slider", { name: "Throughput over time" });
    const rows = async () => Number(await plot.getAttribute("aria-valuemax"));
    await expect.poll(rows).toBeGreaterThan(1);
    const first = await rows();
    await expect.poll(rows).toBeGreaterThan(first);
    const isInked = () =>
      page.locator(".chart.wide canvas").evaluate((canvas) => {
        const { width, height } = canvas as unknown as { width: number; height: number };
        // biome-ignore lint/suspicious/noExplicitAny: the types of the browser are not those of this test
        const { data } = (canvas as any).getContext("2d").getImageData(0, 0, width, height);
        return data.some((value: number) => value > 0);
      });
    await expect.poll(isInked).toBe(true);
    await close();
  });

  it("loads nothing from elsewhere, and breaks none of its own rules", async () => {
    const { page, faults, asked, close } = await open();
    await page.waitForResponse((response) => response.url().includes("since="));
    expect(faults).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(PAGE))).toEqual([]);
    await close();
  });

  const LOOKS: readonly (readonly [string, BrowserContextOptions])[] = [
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["on a phone", { viewport: { width: 360, height: 740 }, isMobile: true }],
    ["with forced colours and less motion", { forcedColors: "active", reducedMotion: "reduce" }],
  ];

  it.each(LOOKS)("axe finds no barrier: %s", async (_, how) => {
    // axe is injected, which the page's own rules would not let happen.
    const { page, close } = await open({ ...how, bypassCSP: true });
    await page.getByText("Show as table").first().click();
    await page.evaluate(AXE);
    const violations = await page.evaluate<string[]>(
      `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
        .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html)))`,
    );
    expect(violations).toEqual([]);
    await close();
  });

  it.each([320, 360, 768, 1280])("nothing is cut off, and nothing scrolls sideways, at %d pixels", async (width) => {
    const { page, close } = await open({ viewport: { width, height: 800 } });
    await page.getByText("Show as table").first().click();
    const widest = await page.evaluate<number>("document.documentElement.scrollWidth");
    expect(widest).toBeLessThanOrEqual(width);
    await close();
  });

  it("is read with the keyboard alone: charts by arrow keys, and as tables", async () => {
    const { page, close } = await open();
    await page.waitForResponse((response) => response.url().includes("since="));
    await page.keyboard.press("Tab");
    const plot = page.getByRole("slider", { name: "Throughput over time" });
    await expect.poll(() => plot.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    await page.keyboard.press("Home");
    await expect.poll(() => plot.getAttribute("aria-valuenow")).toBe("0");
    await expect
      .poll(() => plot.getAttribute("aria-valuetext"))
      .toMatch(/^\d\d:\d\d:\d\d: To clients .+bit\/s, From clients .+bit\/s$/);
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => plot.getAttribute("aria-valuenow")).toBe("1");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const rows = page.locator("table", { hasText: "To clients" }).locator("tbody tr");
    await rows.first().waitFor();
    expect(await rows.first().locator("th").textContent()).toMatch(/^\d\d:\d\d$/);
    await close();
  });

  it("text from others is always shown as plain text", async () => {
    const evil = `<img src=x onerror="document.title='broken in'"><script>document.title='broken in'</script>`;
    const real = JSON.parse(await curl(`${PAGE}data.json`));
    const { page, close } = await open({}, (page) =>
      page.route("**/data.json*", async (route) => {
        const data = structuredClone(real);
        data.coordinator = { ...data.coordinator, host: evil, isConnected: false, problem: evil };
        data.config = { ...data.config, refused: evil, path: evil, needsRestart: [evil] };
        data.nat64Prefix = evil;
        for (const exit of data.exits) exit.peer = evil;
        data.drops.push(
          { where: "translator", code: evil, total: 1, recent: 1 },
          { where: evil, code: "__proto__", total: 1, recent: 1 },
        );
        await route.fulfill({ json: data });
      }),
    );
    expect(await page.locator("#page img, #page script").count()).toBe(0);
    expect(await page.locator(".notice pre").first().textContent()).toBe(evil);
    expect(await page.title()).not.toBe("broken in");
    await close();
  });

  it("no address of a client is in the data", async () => {
    const data = await curl(`${PAGE}data.json`);
    const { plan } = path.it;
    expect(data).toContain('"sessions"');
    expect(data).not.toContain(plan.clientSubnet.replace(/:+$/, ""));
  });

  it("answers neither other names (DNS rebinding) nor other methods nor other sites", async () => {
    const status = (...argv: string[]) => curl("-o", "/dev/null", "-w", "%{http_code}", ...argv);
    expect(await status(`${PAGE}data.json`)).toBe("200");
    expect(await status("-H", "Host: rebound.example", `${PAGE}data.json`)).toBe("421");
    expect(await status("-H", "Sec-Fetch-Site: cross-site", `${PAGE}data.json`)).toBe("403");
    expect(await status("-X", "POST", "-d", "x", PAGE)).toBe("405");
    const elsewhere = path.it.v6peers[0];
    const outcome = await path.it.r6.run(["curl", "-gsS", "-m", "2", `http://[${elsewhere.ipv6}]:9465/`]);
    expect(outcome.code).not.toBe(0);
  });

  it("says that an exit is down and that the coordinator is away, and then that the daemon does not answer, and that it is back", async () => {
    const { page, close } = await open();
    const { v4peers, coordinator, v6peers } = path.it.translator;
    v4peers[1].process.signal("SIGKILL");
    await coordinator.process.stop();
    const heading = (text: string) => page.getByRole("heading", { name: text }).waitFor({ timeout: 60_000 });
    await heading("An exit is down");
    await heading("No connection to the coordinator");
    // First the reason is the coordinator's farewell; it is this one once v6peerd has tried to connect again.
    await expect
      .poll(() => page.locator(".notice", { hasText: "coordinator" }).locator("pre").textContent())
      .toMatch(/ECONNREFUSED/);
    await expect.poll(() => tile(page, "Exits up")).toBe("1 of 2");

    await v6peers[0].process.stop();
    await heading("v6peerd does not answer");
    await expect
      .poll(() => page.getByRole("status").textContent())
      .toBe("v6peerd does not answer. This page keeps trying.");
    expect(await tile(page, "Exits up")).toBe("1 of 2");

    const again = await startV6Peer(path.it, path.it.v6peers[0], coordinator, { relay: "builtin", top });
    await page
      .getByRole("heading", { name: "v6peerd does not answer" })
      .waitFor({ state: "detached", timeout: 60_000 });
    await expect.poll(() => tile(page, "Exits up")).toBe("0 of 0");
    await again.stop();
    await close();
  });
});
