import { describe, expect, it } from "vitest";
import {
  type ComplaintSubject,
  composeLetter,
  LETTER_LANGUAGES,
  LETTERS,
  type LetterText,
  mailOf,
} from "../src/complaints/index.ts";

const PREFIX = "2001:db8:64::/80";
const EXIT = { peer: "a".repeat(32), teredo: "2001:0:cb00:7103::1", mapped: "192.0.2.9", mappedPort: 4000 };

/** One of each kind, with and without what may be missing. */
const SUBJECTS: readonly ComplaintSubject[] = [
  { kind: "embedded", prefix: PREFIX, ipv4: "198.51.100.2", isOwnPool: false },
  { kind: "embedded", prefix: PREFIX, ipv4: "192.0.2.64", isOwnPool: true },
  { kind: "published", prefix: PREFIX, ipv4: "192.168.1.10", block: "Private-Use", selector: "0005" },
  {
    kind: "published",
    prefix: PREFIX,
    ipv4: "192.168.1.10",
    block: "Private-Use",
    selector: "0005",
    exit: { ...EXIT, wasAtTheTime: true },
  },
  { kind: "never-translated", prefix: PREFIX, ipv4: "10.0.0.1", block: "Private-Use" },
  { kind: "translator", prefix: PREFIX },
  { kind: "unused", prefix: PREFIX },
  { kind: "teredo", prefix: PREFIX, mapped: "192.0.2.9", mappedPort: 4000 },
  { kind: "shared", prefix: PREFIX, use: { kind: "no-log" }, isStaticBinding: false },
  { kind: "shared", prefix: PREFIX, use: { kind: "incomplete-question" }, isStaticBinding: false },
  { kind: "shared", prefix: PREFIX, use: { kind: "not-in-use" }, isStaticBinding: false },
  { kind: "shared", prefix: PREFIX, use: { kind: "in-use", clientIsRecorded: true }, isStaticBinding: false },
  { kind: "shared", prefix: PREFIX, use: { kind: "no-log" }, isStaticBinding: true },
  { kind: "exit", prefix: PREFIX, ports: "20000–24095", use: { kind: "in-use", clientIsRecorded: false } },
  { kind: "ipv4-peer", unknown: "none" },
  { kind: "ipv4-peer", unknown: "several" },
  { kind: "ipv4-peer", unknown: "no-log" },
  { kind: "ipv4-peer", pair: { prefix: PREFIX, peer: "b".repeat(32), behindNat: true, source: "log" } },
  { kind: "ipv4-peer", pair: { prefix: PREFIX, peer: "b".repeat(32), behindNat: false, source: "log" } },
  { kind: "ipv4-peer", pair: { prefix: PREFIX, peer: "b".repeat(32), behindNat: false, source: "now" } },
  { kind: "host", prefix: PREFIX },
  { kind: "foreign", prefix: PREFIX },
];

const FACTS = {
  address: "2001:db8:64::c633:6402",
  port: 443,
  protocol: "tcp",
  time: "2031-05-17T21:04:05.000Z",
} as const;
const names = (template: string) => [...new Set(template.match(/\{\w+\}/g) ?? [])].sort();

describe("the languages", () => {
  it.each(LETTER_LANGUAGES)("%s has every part that English has, with the same things filled in", (language) => {
    const text = LETTERS[language];
    expect(Object.keys(text).sort()).toEqual(Object.keys(LETTERS.en).sort());
    for (const key of Object.keys(LETTERS.en) as (keyof LetterText)[]) {
      expect([key, names(text[key])]).toEqual([key, names(LETTERS.en[key])]);
      expect(text[key].trim()).not.toBe("");
    }
  });

  it("are all in their own words", () => {
    for (const key of Object.keys(LETTERS.en) as (keyof LetterText)[]) {
      if (/^(atTime|termsAt|atBarePort)$/.test(key)) continue;
      expect(new Set(LETTER_LANGUAGES.map((language) => LETTERS[language][key])).size).toBe(LETTER_LANGUAGES.length);
    }
  });

  it("use every part in some letter", () => {
    const inLetters = SUBJECTS.flatMap((subject) =>
      [FACTS, { port: 1 }].flatMap((facts) =>
        [{}, { terms: "https://example.net" }].map(
          (more) => composeLetter(facts, subject, { language: "en", ...more }).text,
        ),
      ),
    )
      .join("\n")
      .replaceAll(/\s+/g, " ");
    for (const [key, template] of Object.entries<string>({ ...LETTERS.en })) {
      if (key === "language" || key === "subject") continue;
      const longest = template.split(/\{\w+\}|\n+/).sort((one, other) => other.length - one.length)[0];
      expect([key, inLetters.includes(longest.trim())]).toEqual([key, true]);
    }
  });
});

describe("a letter", () => {
  for (const language of LETTER_LANGUAGES) {
    it.each(SUBJECTS.map((subject) => [subject.kind, subject] as const))(
      `${language}: about %s has no gaps`,
      (_, subject) => {
        for (const facts of [FACTS, { address: FACTS.address, port: 1 }, { address: FACTS.address }]) {
          const needsPort = ["shared", "exit", "ipv4-peer"].includes(subject.kind);
          if (needsPort && !("port" in facts)) continue;
          const { subject: title, text } = composeLetter(facts, subject, { language, contact: "abuse@example.net" });
          expect(`${title}${text}`).not.toMatch(/[{}]|undefined|NaN| ,|\(\)| {2}/);
          expect(text.endsWith("\nabuse@example.net\n")).toBe(true);
          for (const line of text.split("\n")) expect(line.length <= 72 || !line.includes(" ")).toBe(true);
        }
      },
    );
  }

  it("about a global IPv4 address says that its owner answers, and that using the prefix was the complainant's choice", () => {
    const { text } = composeLetter(FACTS, SUBJECTS[0], { language: "en", terms: "https://example.net/terms" });
    const flat = text.replaceAll("\n", " ");
    expect(flat).toContain("stands for 198.51.100.2");
    expect(flat).toContain("rdap.org/ip/198.51.100.2");
    expect(flat).toContain("the sender's own choice");
    expect(flat).toContain("terms of service (https://example.net/terms)");
    expect(flat).toContain("TCP port 443");
  });

  it("to somebody who was reached over IPv4 says nothing of a choice that was not theirs", () => {
    for (const subject of SUBJECTS.filter(({ kind }) => ["shared", "exit", "ipv4-peer"].includes(kind))) {
      for (const language of LETTER_LANGUAGES) {
        const flat = composeLetter(FACTS, subject, { language }).text.replaceAll("\n", " ");
        expect(flat).not.toContain(LETTERS[language].ownChoice.slice(0, 40));
        expect(flat).not.toContain(LETTERS[language].terms.slice(0, 40));
      }
    }
  });

  it("about an address that is not global names the IPv4 peer, and leaves the owner of 192.168.1.10 in peace", () => {
    const flat = composeLetter(FACTS, SUBJECTS[3], { language: "en" }).text.replaceAll("\n", " ");
    expect(flat).toContain(`identity ${EXIT.peer}`);
    expect(flat).toContain("they are 192.0.2.9 and 4000");
    expect(flat).toContain(" (2031-05-17T21:04:05.000Z).");
    expect(flat).not.toContain("rdap.org/ip/192.168");
    expect(composeLetter(FACTS, SUBJECTS[2], { language: "en" }).text.replaceAll("\n", " ")).toContain(
      "is not known to us",
    );
  });

  it("says of a pair that is only known to have the port now, that nobody knows about then", () => {
    const pair = { prefix: PREFIX, peer: "b".repeat(32), behindNat: false, source: "now" } as const;
    const flat = composeLetter(FACTS, { kind: "ipv4-peer", pair }, { language: "en" }).text.replaceAll("\n", " ");
    expect(flat).toContain("belongs at present to the NAT64 prefix");
    expect(flat).not.toContain("belonged at that time");
  });

  it("never names a client, since it is not told of one", () => {
    const withClient = {
      kind: "shared",
      prefix: PREFIX,
      use: { kind: "in-use", clientIsRecorded: true, client: "2001:db8:c::/64" },
      isStaticBinding: false,
    } as const;
    expect(composeLetter(FACTS, withClient, { language: "en" }).text).not.toContain("2001:db8:c:");
  });

  it("is a subject line, an empty line and the text for a mail program", () => {
    expect(mailOf(composeLetter(FACTS, SUBJECTS[0], { language: "da" }))).toMatch(/^Subject: Sv: .+\n\nHej\n/);
  });
});
