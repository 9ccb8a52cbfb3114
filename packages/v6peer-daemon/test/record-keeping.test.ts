/** What is kept for complaints: `[audit-log]` and `[complaints]`. */
import { describe, expect, it } from "vitest";
import { auditDirectoryOf, type DaemonConfig, parseConfig } from "../src/config/index.ts";
import { settingsOf } from "../src/peer-exits/settings.ts";

const REAL = 'prefix = "2a0a:1:64::/80"\n[local-exit]\nmode = "masquerade"\n';
const LAB = 'prefix = "2001:db8:64::/80"\nlab = true\n[local-exit]\nmode = "masquerade"\n';
const COORDINATOR = '[coordinator]\nhost = "c.example"\nabuse = "abuse@example.net"\nstate = "/srv/v6peer"\n';

function load(text: string): DaemonConfig["file"] {
  const parsed = parseConfig(text);
  if (!("file" in parsed)) throw new Error(parsed.map(({ message }) => message).join("\n"));
  return parsed.file;
}

describe("the audit log", () => {
  it("is on, without clients, for 90 days", () => {
    expect(load(REAL)["audit-log"]).toMatchObject({ clients: "off", "retention-days": 90, "hash-key-days": 7 });
    expect(auditDirectoryOf(load(REAL))).toBe("/var/lib/v6peer/audit");
  });

  it("lies beside what else the daemon keeps, or where it is wanted", () => {
    expect(auditDirectoryOf(load(REAL + COORDINATOR))).toBe("/srv/v6peer/audit");
    expect(auditDirectoryOf(load(`${REAL}[audit-log]\ndirectory = "/var/log/nat64"`))).toBe("/var/log/nat64");
  });

  it("is off in a laboratory, and where it is not wanted", () => {
    expect(auditDirectoryOf(load(LAB))).toBeUndefined();
    expect(auditDirectoryOf(load(`${LAB}[audit-log]\nenabled = true`))).toBe("/var/lib/v6peer/audit");
    expect(auditDirectoryOf(load(`${REAL}[audit-log]\nenabled = false`))).toBeUndefined();
  });

  it.each([
    ['clients = "yes"', /one of "off", "hashed", "plain"/],
    ["retention-days = 0", /from 1 to 3650/],
    ["max-bytes = 10", /from 1048576/],
    ['directory = "audit"', /absolute path/],
    ["keep = 1", /unknown key/],
  ])("%s is refused in a sentence", (line, sentence) => {
    expect(() => load(`${REAL}[audit-log]\n${line}`)).toThrow(sentence);
  });
});

describe("the terms of service", () => {
  const terms = (url: string) => load(`${REAL}${COORDINATOR}[complaints]\nterms = ${JSON.stringify(url)}`);

  it("are told to the coordinator", () => {
    expect(settingsOf(terms("https://example.net/terms"))).toMatchObject({ terms: "https://example.net/terms" });
    expect(settingsOf(load(REAL + COORDINATOR))).not.toHaveProperty("terms");
  });

  it.each([
    "javascript:alert(1)",
    "example.net",
    "https://",
    "https://a b",
    'https://a"b',
    `https://${"x".repeat(300)}`,
  ])("%j is refused: the coordinator would refuse it", (url) => {
    expect(() => terms(url)).toThrow(/URL|printable/);
  });
});
