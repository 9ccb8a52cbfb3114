/** Exit codes; those above 63 are of sysexits.h. */
export const ExitCode = {
  ok: 0,
  /** `check` found something that keeps it from working; `status`: nothing answers. */
  failed: 1,
  usage: 64,
  /** The data path failed. */
  software: 70,
  /** This host refused something. */
  system: 71,
  config: 78,
} as const;
