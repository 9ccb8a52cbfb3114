import { AddressError, compilePool } from "@nat64/rfc6052";

/** Whether a text is a /80 in the canonical form that messages use. */
export function isCanonicalPool(text: string): boolean {
  try {
    return text.length <= 43 && compilePool(text).text === text;
  } catch (error) {
    if (error instanceof AddressError) return false;
    throw error;
  }
}
