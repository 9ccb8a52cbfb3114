/** The command line of a program: options, errors, exit codes. */
export { createCommand, type ProgramDescription } from "./create-command.ts";
export { HostError, UnavailableError, UsageError } from "./errors.ts";
export { ExitCode } from "./exit-code.ts";
export { explainFailure, type Failure } from "./explain-failure.ts";
export { formatDuration } from "./format-duration.ts";
export { INVITE_VARIABLE, inviteOf, inviteOption } from "./invite.ts";
export { configOption, jsonOption, parsePath, repeatable, socketOption, wholeNumber } from "./options.ts";
export { whenOutputEnds } from "./output-ends.ts";
export { runProgram } from "./run-program.ts";
