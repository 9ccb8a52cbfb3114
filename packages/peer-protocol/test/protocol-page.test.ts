import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  DECLINE_REASONS,
  ERROR_CODES,
  GOODBYE_REASONS,
  MAX_FRAME_LENGTH,
  MAX_HELLO_LENGTH,
  MAX_NESTING_DEPTH,
  MESSAGES,
  type MessageType,
  PAIR_REASONS,
  parseMessage,
  SOLICITATION_PADDING_LENGTH,
  UNPAIR_REASONS,
} from "../src/index.ts";
import agreement from "./vectors/agreement.json" with { type: "json" };
import frame from "./vectors/frame.json" with { type: "json" };
import hellos from "./vectors/hello.json" with { type: "json" };
import examples from "./vectors/messages.json" with { type: "json" };
import proofs from "./vectors/prefix-proof.json" with { type: "json" };
import probes from "./vectors/probes.json" with { type: "json" };
import solicitation from "./vectors/solicitation.json" with { type: "json" };
import wire from "./vectors/wire.json" with { type: "json" };

const page = readFileSync(new URL("../PROTOCOL.md", import.meta.url), "utf8");
const types = Object.keys(MESSAGES) as MessageType[];

/** The text from a heading to the next. */
function sectionOf(heading: string): string {
  const [, section] = page.split(`\n${heading}\n`);
  expect(section, heading).toBeDefined();
  return section.split(/\n##/)[0];
}

/** The code blocks of a language. */
function blocksOf(language: string, text: string): string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))].map((match) => match[1]);
}

/** Field names of the first table whose head starts with `field`; optional ones with a question mark. */
function fieldsOf(section: string): string[] {
  const table = /^\| field.*\n\|[-| ]*\n((?:\|.*\n)*)/m.exec(section);
  return [...(table?.[1] ?? "").matchAll(/^\| `([^`]+)`(\?)?/gm)].map(([, name, mark]) => name + (mark ?? ""));
}

describe("PROTOCOL.md", () => {
  it("shows the messages of the vectors, which the schemas accept", () => {
    const shown = blocksOf("json", page).map((text) => JSON.parse(text));
    expect(shown).toEqual(examples);
    for (const each of shown) {
      const [way] = MESSAGES[each.type as MessageType].directions;
      expect(parseMessage(each, way)).toEqual({ ok: true, message: each });
    }
  });

  it.each(types)("describes the fields of %s, and which are optional", (type) => {
    const described = fieldsOf(sectionOf(`### ${type}`));
    const shown = examples.filter((each) => each.type === type) as Record<string, unknown>[];
    const names = [...new Set(shown.flatMap((each) => Object.keys(each)))].filter((name) => name !== "type");
    expect(described.map((name) => name.replace("?", "")).sort()).toEqual(names.sort());
    const [way] = MESSAGES[type].directions;
    for (const example of shown) {
      for (const name of Object.keys(example).filter((each) => each !== "type")) {
        const { [name]: _, ...rest } = example;
        expect(described.includes(`${name}?`), name).toBe(parseMessage(rest, way).ok);
      }
    }
  });

  it("names every message, with where it goes, in its overview", () => {
    const overview = sectionOf("## 6. Messages");
    for (const type of types) {
      const row = overview.split("\n").find((line) => line.includes(`(#${type})`));
      expect(row, type).toBeDefined();
      const { directions } = MESSAGES[type];
      const isRelayed = ["offer", "accept"].includes(type);
      if (directions.length === 4) expect(row).toContain("any → any");
      else if (isRelayed) expect(row).toMatch(/IPv\d peer → coordinator → IPv\d peer/);
      else
        expect(row).toMatch(
          directions[0].startsWith("coordinator") ? /coordinator → (IPv\d |both )?peer/ : /peer → coord/,
        );
    }
  });

  it("lists every error code with what it means", () => {
    const rows = [...sectionOf("## 7. Errors").matchAll(/^\| `([^`]+)` *\| (.*?) *\| (yes|no) *\| (yes|no) *\|$/gm)];
    const listed = rows.map(([, code, sentence, temporary, closes]) => [
      code,
      { sentence, temporary: temporary === "yes", closes: closes === "yes" },
    ]);
    expect(Object.fromEntries(listed)).toEqual(ERROR_CODES);
  });

  it.each([
    ["decline", DECLINE_REASONS],
    ["pair", PAIR_REASONS],
    ["unpair", UNPAIR_REASONS],
    ["goodbye", GOODBYE_REASONS],
  ])("names the reasons of %s", (type, reasons) => {
    for (const reason of Object.keys(reasons)) expect(sectionOf(`### ${type}`)).toContain(`\`${reason}\``);
  });

  it("prints the bytes of the vectors", () => {
    const printed = blocksOf("text", page).map((text) => text.replace(/\s/g, ""));
    const { v6PrivateKey, v4PrivateKey, offerSigned, acceptSigned, secret, toV4, toV6 } = agreement;
    const { token, key, nonce, solicitationValue, mappingNonce, advertisementValue } = solicitation;
    const expected = [
      frame.frame,
      ...hellos.flatMap(({ seed, identity, exporter, signed, signature }) => [
        seed,
        identity,
        exporter,
        signed,
        signature,
      ]),
      ...[v6PrivateKey, v4PrivateKey, offerSigned, acceptSigned, secret, toV4, toV6],
      ...[probes.a, probes.b, ...probes.packets],
      ...[token, key, nonce, solicitationValue, mappingNonce, advertisementValue],
      ...proofs.map(({ payload }) => payload),
      ...[wire.solicitation, wire.advertisement, wire.bubbleFromRelay, wire.bubbleToRelay],
      ...[wire.dataToV4, wire.dataAsIPv4, wire.answerAsIPv4, wire.dataToV6],
    ];
    expect(printed.filter((text) => /^[0-9a-f]+$/.test(text))).toEqual(expected);
    for (const { peerId } of hellos) expect(page).toContain(peerId);
  });

  it("has the lengths that the signed bytes have", () => {
    const lengthIn = (row: string): number =>
      row
        .split("|")
        .map(Number)
        .reduce((sum, each) => sum + (Number.isNaN(each) ? 0 : each), 0);
    const rows = [...sectionOf("## 9. What is signed").matchAll(/^\| (?:19|20) .*$/gm)].map(([row]) => lengthIn(row));
    const policy = 2 + 10 * agreement.accept.policy.services.length;
    expect(rows).toEqual([
      hellos[0].signed.length / 2,
      agreement.offerSigned.length / 2,
      agreement.acceptSigned.length / 2 - policy,
    ]);
    expect(page).toContain(MAX_FRAME_LENGTH.toLocaleString("en"));
  });

  it("numbers its sections as its contents do, without a gap", () => {
    const sections = [...page.matchAll(/^## (\d+)\. (.*)$/gm)].map(([, number, title]) => `${number}. ${title}`);
    expect(sections.map((each) => Number.parseInt(each, 10))).toEqual(sections.map((_, i) => i + 1));
    const contents = [...page.matchAll(/^- \[(\d+\. [^\]]*)\]\(#/gm)].map(([, text]) => text);
    expect(contents).toEqual(sections);
    for (const [whole, number, target] of page.matchAll(/\[§(\d+)\]\(#(\d+)-/g)) expect(number, whole).toBe(target);
  });

  it("names the limits and times that the package has", () => {
    const limits = sectionOf("## 16. Limits");
    expect(limits).toContain(`${MAX_NESTING_DEPTH} levels`);
    expect(limits).toContain(`${MAX_HELLO_LENGTH.toLocaleString("en")} before \`welcome\``);
    expect(limits).toContain(`Router Advertisement, ${wire.advertisement.length / 2} B`);
    expect(limits).toContain(`a solicitation of ≥ ${wire.solicitation.length / 2} B`);
    expect(limits).toContain(`bubble, ${wire.bubbleToRelay.length / 2} B`);
    expect(limits).toContain(`(2), ${probes.packets[1].length / 2} B`);
    expect(sectionOf("## 10. Router Solicitations")).toContain(`(${SOLICITATION_PADDING_LENGTH} bytes`);
  });

  it("has no broken links", () => {
    const headings = [...page.matchAll(/^##+ (.*)$/gm)].map(([, text]) =>
      text
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    );
    for (const [, target] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(target);
  });
});
