/** An invalid configuration. `path` names the field, such as `pool[1].tcp`; `message` says what is wrong. */
export class ConfigError extends Error {
  override readonly name: string = "ConfigError";
  readonly path: string;

  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.path = path;
  }
}
