/** Teredo (RFC 4380), sans-IO. So far: its addresses. */
export {
  emitTeredoAddress,
  isTeredo,
  parseTeredoAddress,
  readFlags,
  readMappedAddress,
  readMappedPort,
  readServer,
  TEREDO_ADDRESS_LENGTH,
  type TeredoAddress,
} from "./address.ts";
export {
  checkTeredoAddress,
  checkTeredoBytes,
  type IPv4Predicate,
  TEREDO_FAULTS,
  type TeredoFault,
} from "./address-check.ts";
export { CONE_FLAG, isCone, makeFlags, randomBits, UG_FLAGS } from "./flags.ts";
