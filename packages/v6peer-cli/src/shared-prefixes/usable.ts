import { AddressError } from "@nat64/rfc6052";
import { refusePeerPrefix } from "@nat64/v6peer-daemon/config";

/**
 * Whether a foreign prefix can be an IPv6 peer's /80: the author of a list could name any network. In a lab, documentation
 * prefixes are also allowed.
 */
export function isUsablePool(text: string, isLab: boolean): boolean {
  try {
    // With the lab switch a configuration refuses global ones; in a list they may stand beside each other.
    return refusePeerPrefix(text, false) === undefined || (isLab && refusePeerPrefix(text, true) === undefined);
  } catch (error) {
    if (error instanceof AddressError) return false;
    throw error;
  }
}
