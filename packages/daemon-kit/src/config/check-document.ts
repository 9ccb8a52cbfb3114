import type { z } from "zod";
import type { ConfigProblem } from "./problem.ts";
import { problemAt, problemsOf, sortProblems } from "./problems-of.ts";
import type { TomlDocument } from "./toml.ts";

/** Something wrong between several keys, before its place in the file is known. */
export interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The data as the schema makes it, or everything that is wrong with it. */
export type Checked<File> = { readonly file: File } | { readonly problems: readonly ConfigProblem[] };

/**
 * Checks a document: each key by the schema, then, if they are all right one by one, what can only be seen by looking at
 * several together.
 */
export function checkDocument<File>(
  document: TomlDocument,
  schema: z.ZodType<File>,
  crossCheck: (file: File) => readonly Complaint[] = () => [],
): Checked<File> {
  const parsed = schema.safeParse(document.data);
  if (!parsed.success) return { problems: problemsOf(parsed.error, schema, document) };
  const complaints = crossCheck(parsed.data);
  if (complaints.length === 0) return { file: parsed.data };
  return { problems: sortProblems(complaints.map(({ path, message }) => problemAt(document, path, message))) };
}
