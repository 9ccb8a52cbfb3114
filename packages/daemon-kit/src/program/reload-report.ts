/** What a reload came to; also the answer to `reload` over the control socket. */
export interface ReloadReport {
  readonly accepted: boolean;
  /** Keys whose new value is in use. */
  readonly applied: readonly string[];
  /** Keys that keep their old value until the next start. */
  readonly needsRestart: readonly string[];
  /** Why the file was refused, or which parts of an accepted one are not in use; a line for each problem. */
  readonly problems: readonly string[];
}

/** What a daemon's status says about its configuration. */
export interface ReloadStatus {
  /** When the configuration in use was loaded, as ISO 8601. */
  readonly loadedAt: string;
  /** Keys that were changed in the file and need a restart. */
  readonly needsRestart: readonly string[];
  /** Why the last reload was refused, or a part of it failed; absent when all went well. */
  readonly refused?: string;
}
