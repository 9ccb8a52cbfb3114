/** Exit codes of sysexits.h that the coordinator uses. */
export const ExitCode = {
  ok: 0,
  /** EX_USAGE: wrong arguments. */
  usage: 64,
  /** EX_SOFTWARE: something inside failed. */
  software: 70,
  /** EX_OSERR: this host refused something. */
  system: 71,
  /** EX_CONFIG: the configuration is wrong. */
  config: 78,
} as const;
