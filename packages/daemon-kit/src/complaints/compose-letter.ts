import { LETTERS, type LetterLanguage } from "./letters/index.ts";
import type { LetterText } from "./letters/letter-text.ts";
import type { ComplaintFacts, ComplaintSubject, PortUse } from "./subject.ts";

/** Input for a letter in addition to the facts. */
export interface LetterOptions {
  readonly language: LetterLanguage;
  /** Where the terms of service can be read; left out, the letter says that they are enclosed. */
  readonly terms?: string;
  /** Who writes: an address for answers, the last line. */
  readonly contact?: string;
}

/** A letter: what to put into the subject line, and the text with its last line break. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
}

/** Letters are wrapped to this many characters, as mail is (RFC 3676 §4.2). */
const WIDTH = 72;

/** Writes the reply. It only says what is true of this kind of address; see each paragraph in `letters/`. */
export function composeLetter(facts: ComplaintFacts, subject: ComplaintSubject, options: LetterOptions): Letter {
  const text = LETTERS[options.language];
  const values = valuesOf(facts, subject, options, text);
  const paragraphs = ["greeting", ...paragraphsOf(subject), "closing", "regards"] as const;
  const lines = paragraphs.map((key) => wrap(fill(text[key], values)));
  const signature = options.contact === undefined ? "" : `${options.contact}\n`;
  return { subject: fill(text.subject, values), text: `${lines.join("\n\n")}\n${signature}` };
}

type Paragraph = keyof LetterText;

function paragraphsOf(subject: ComplaintSubject): readonly Paragraph[] {
  switch (subject.kind) {
    case "embedded":
      return ["isTranslated", "ownChoice", "terms", subject.isOwnPool ? "isOwnPool" : "askOwner"];
    case "published":
      return [
        "isPublished",
        "ownChoice",
        "terms",
        "askIPv4Peer",
        subject.exit === undefined ? "ipv4PeerUnknown" : "ipv4PeerKnown",
      ];
    case "never-translated":
      return ["isNeverTranslated"];
    case "translator":
      return ["isTranslator", "ownChoice"];
    case "unused":
      return ["isUnused"];
    case "teredo":
      return ["isTeredo"];
    case "shared":
      if (subject.isStaticBinding) return ["isShared", "isStaticBinding"];
      return ["isShared", "clientsChoice", ...useParagraphs(subject.use)];
    case "exit":
      return ["isExit", "clientsChoice", ...useParagraphs(subject.use)];
    case "ipv4-peer":
      return ["amIPv4Peer", ...pairParagraphs(subject)];
    case "host":
      return ["isHost"];
    case "foreign":
      return ["isNotOurs"];
  }
}

function useParagraphs(use: PortUse): readonly Paragraph[] {
  switch (use.kind) {
    case "incomplete-question":
      return ["needsTimeAndPort"];
    case "no-log":
      return ["noLog"];
    case "not-in-use":
      return ["wasNotInUse"];
    case "in-use":
      return ["wasInUse", use.clientIsRecorded ? "clientRecorded" : "clientNotRecorded"];
  }
}

function pairParagraphs({
  pair,
  unknown = "no-log",
}: Extract<ComplaintSubject, { readonly kind: "ipv4-peer" }>): readonly Paragraph[] {
  if (pair !== undefined) {
    const logged = pair.behindNat ? "cameProbablyFromPrefix" : "cameFromPrefix";
    return [pair.source === "log" ? logged : "belongsNow", "onlyPrefixAsked", "askIPv6Peer"];
  }
  return [NO_PREFIX[unknown]];
}

const NO_PREFIX = { none: "prefixNotFound", several: "prefixUnclear", "no-log": "noLog" } as const;

type Values = Readonly<Record<string, string | number | undefined>>;

function valuesOf(
  facts: ComplaintFacts,
  subject: ComplaintSubject,
  { terms }: LetterOptions,
  text: LetterText,
): Values {
  const { kind: _, ...rest } = subject;
  const exit = subject.kind === "published" ? subject.exit : undefined;
  const pair = subject.kind === "ipv4-peer" ? subject.pair : undefined;
  const flat = Object.fromEntries(
    Object.entries({ ...rest, ...exit, ...pair }).filter(([, value]) => ["string", "number"].includes(typeof value)),
  ) as Values;
  const known = { protocol: facts.protocol?.toUpperCase() ?? "", port: facts.port, time: facts.time };
  return {
    ...flat,
    ...known,
    address: facts.address ?? text.yourAddress,
    prefixAddress: pair?.prefix.split("/")[0],
    atPort: facts.port === undefined ? "" : fill(facts.protocol === undefined ? text.atBarePort : text.atPort, known),
    atTime: facts.time === undefined ? "" : fill(text.atTime, known),
    asOf: exit?.wasAtTheTime && facts.time !== undefined ? ` (${facts.time})` : "",
    termsAt: terms === undefined ? text.termsEnclosed : fill(text.termsAt, { url: terms }),
  };
}

/** Puts values in. Throws for a name without one: a paragraph was chosen that says more than is known. */
function fill(template: string, values: Values): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`a letter wants {${name}}, which is not known`);
    return String(value);
  });
}

/** Wraps each line at spaces; a word that is longer stays whole. */
function wrap(paragraph: string): string {
  return paragraph.split("\n").map(wrapLine).join("\n");
}

function wrapLine(line: string): string {
  let text = "";
  let width = 0;
  for (const word of line.split(" ")) {
    if (width > 0 && width + 1 + word.length > WIDTH) {
      text += `\n${word}`;
      width = word.length;
    } else {
      text += width === 0 ? word : ` ${word}`;
      width += width === 0 ? word.length : 1 + word.length;
    }
  }
  return text;
}
