/** Complaints: what they contain, and the letters that answer them. */
export { composeLetter, type Letter, type LetterOptions } from "./compose-letter.ts";
export { mailOf, writeLetterFile } from "./letter-file.ts";
export { LETTER_LANGUAGES, LETTERS, type LetterLanguage } from "./letters/index.ts";
export type { LetterText } from "./letters/letter-text.ts";
export { type ComplaintTime, ComplaintTimeError, complaintWindow, parseComplaintTime } from "./parse-time.ts";
export type {
  ComplaintFacts,
  ComplaintProtocol,
  ComplaintSubject,
  KnownIPv4Peer,
  PortUse,
} from "./subject.ts";
