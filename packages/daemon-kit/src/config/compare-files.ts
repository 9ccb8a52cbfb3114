/** Two versions of a configuration, compared key by key: what a reload can put into use, and what needs a restart. */

/** Whether a key that changed can take effect while the daemon runs. A function is only asked for keys that differ. */
export type IsLive<File> = boolean | ((before: File, after: File) => boolean);

/** How keys are compared. */
export interface ComparisonRules<File> {
  /** Dotted keys, or tables of them, that can take effect while the daemon runs; all others need a restart. */
  readonly live: Readonly<Record<string, IsLive<File>>>;
  /** Dotted keys of tables that are compared as one value. */
  readonly whole?: ReadonlySet<string>;
}

/** What changed between two files. */
export interface FileChanges<File> {
  /** Dotted keys that can take effect at once, sorted. */
  readonly live: readonly string[];
  /** Dotted keys that need a restart, sorted. */
  readonly needsRestart: readonly string[];
  /** The file of before with the live keys of the new one. */
  readonly file: File;
}

/** Compares the file in use with a new one. Both have all their tables, because tables have defaults. */
export function compareFiles<File extends object>(
  before: File,
  after: File,
  { live: rules, whole = new Set() }: ComparisonRules<File>,
): FileChanges<File> {
  const [old, now] = [flatten(before, whole), flatten(after, whole)];
  const changed = [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => JSON.stringify(old.get(key)) !== JSON.stringify(now.get(key)))
    .sort();
  const live = changed.filter((key) => {
    const rule = Object.entries(rules).find(([start]) => key === start || key.startsWith(`${start}.`))?.[1] ?? false;
    return typeof rule === "boolean" ? rule : rule(before, after);
  });
  const file = structuredClone(before);
  for (const key of live) put(file as Values, key.split("."), now.get(key));
  return { live, needsRestart: changed.filter((key) => !live.includes(key)), file };
}

/** Dotted keys with their values; a list is one value, and so is a table of `whole`. */
function flatten(value: object, whole: ReadonlySet<string>, prefix = ""): ReadonlyMap<string, unknown> {
  const entries = Object.entries(value).flatMap(([key, each]): readonly (readonly [string, unknown])[] => {
    if (each === undefined) return [];
    if (each === null || typeof each !== "object" || Array.isArray(each) || whole.has(prefix + key)) {
      return [[prefix + key, each]];
    }
    return [...flatten(each, whole, `${prefix}${key}.`)];
  });
  return new Map(entries);
}

function put(file: Values, path: readonly string[], value: unknown): void {
  const table = path.slice(0, -1).reduce((each, key) => each[key] as Values, file);
  const key = path[path.length - 1];
  if (value === undefined) delete table[key];
  else table[key] = value;
}

type Values = { [key: string]: unknown };
