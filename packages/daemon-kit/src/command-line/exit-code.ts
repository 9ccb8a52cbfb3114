/** Exit codes of all programs; those above 63 are the ones of sysexits.h. */
export const ExitCode = {
  ok: 0,
  /** A check found a problem, or the daemon refused the request. */
  failed: 1,
  /** EX_USAGE: wrong arguments. */
  usage: 64,
  /** EX_UNAVAILABLE: the daemon, or something on the network, cannot be reached. */
  unavailable: 69,
  /** EX_SOFTWARE: an internal error. */
  software: 70,
  /** EX_OSERR: the host refused something. */
  system: 71,
  /** EX_CONFIG: the configuration is invalid. */
  config: 78,
} as const;
