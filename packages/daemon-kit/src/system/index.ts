/** The operating system: what it says, in sentences, and small things that all programs ask of it. */
export { bootId } from "./boot-id.ts";
export { explainError, fileReasonOf, isSystemError } from "./explain-error.ts";
export { readIfThere } from "./read-if-there.ts";
export { writeAtomically } from "./write-atomically.ts";
