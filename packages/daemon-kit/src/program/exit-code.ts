/** Exit codes of daemons and of the commands that ask them; those above 63 are of sysexits.h. */
export const ExitCode = {
  ok: 0,
  /** What was looked at or asked for is not well. */
  failed: 1,
  /** EX_USAGE: wrong arguments. */
  usage: 64,
  /** EX_UNAVAILABLE: the daemon is not reachable. */
  unavailable: 69,
  /** EX_SOFTWARE: something inside failed. */
  software: 70,
  /** EX_OSERR: this host refused something. */
  system: 71,
  /** EX_CONFIG: the configuration is wrong. */
  config: 78,
} as const;
