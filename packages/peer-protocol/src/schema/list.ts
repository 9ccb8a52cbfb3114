/** Zod schema of arrays from strangers. */
import { z } from "zod";

/** At most `longest` elements. A longer array is refused before any element is checked. */
export function list<T>(element: z.ZodType<T>, longest: number, shortest = 0): z.ZodType<readonly T[]> {
  return z.array(z.unknown()).min(shortest).max(longest).pipe(z.array(element));
}
