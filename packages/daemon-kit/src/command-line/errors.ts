/** Errors that are the user's or the network's, not ours: a program shows their message and never a stack trace. */

/** Wrong arguments; `message` says what is wrong and what to do. Exit code 64. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** Something on the network cannot be reached; `message` says what, and why. Exit code 69. */
export class UnavailableError extends Error {
  override readonly name: string = "UnavailableError";
}

/** The host refuses something; `message` says what, and what to do. Exit code 71. */
export class HostError extends Error {
  override readonly name: string = "HostError";
}
