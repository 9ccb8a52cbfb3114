/** The reasons of `classify` as constants: looking one up by its code for each packet would be slow. */
import { Reason } from "../drop-reasons.ts";

export const BAD_CHECKSUM: Reason = Reason["bad-header-checksum"];
export const BAD_EXTENSION: Reason = Reason["bad-extension-header"];
export const BAD_LENGTH: Reason = Reason["bad-length"];
export const BAD_OPTION: Reason = Reason["bad-extension-header"];
export const ERROR_ABOUT_ERROR: Reason = Reason["icmp-error-about-error"];
export const FRAGMENTED_ERROR: Reason = Reason["fragmented-icmp-error"];
export const FRAGMENT_MALFORMED: Reason = Reason["fragment-malformed"];
export const INNER_MALFORMED: Reason = Reason["icmp-inner-malformed"];
export const MULTICAST: Reason = Reason.multicast;
export const NOT_IP: Reason = Reason["not-ip"];
export const NOT_TRANSLATABLE: Reason = Reason["icmp-not-translatable"];
export const OK: Reason = Reason.none;
export const SOURCE_ROUTE: Reason = Reason["source-route"];
export const TOO_MANY: Reason = Reason["too-many-extension-headers"];
export const TRUNCATED: Reason = Reason.truncated;
export const UNSUPPORTED: Reason = Reason["unsupported-protocol"];
export const ZERO_CHECKSUM: Reason = Reason["udp-zero-checksum"];
