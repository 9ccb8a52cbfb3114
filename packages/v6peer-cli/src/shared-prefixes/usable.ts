import { AddressError } from "@nat64/rfc6052";
import { refusePeerPrefix } from "@nat64/v6peer-daemon/config";

/**
 * Whether what somebody else says may be an IPv6 peer's /80: who writes a list could name any network. In a laboratory
 * documentation prefixes may be, too.
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
