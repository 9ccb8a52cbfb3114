/** What the operating system says, in sentences. */
export { explainError, fileReasonOf, isSystemError } from "./explain-error.ts";
