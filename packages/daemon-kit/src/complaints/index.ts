/** Complaints: what they contain, and the letters that answer them. Runs without Node. */
export { composeLetter, type Letter, type LetterOptions } from "./compose-letter.ts";
export { LETTER_LANGUAGES, LETTERS, type LetterLanguage } from "./letters/index.ts";
export type { LetterText } from "./letters/letter-text.ts";
export { type ComplaintTime, ComplaintTimeError, parseComplaintTime } from "./parse-time.ts";
export type {
  ComplaintFacts,
  ComplaintProtocol,
  ComplaintSubject,
  KnownIPv4Peer,
  PortUse,
} from "./subject.ts";
