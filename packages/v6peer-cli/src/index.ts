/** Addresses taken apart, for other programs. */
export { explain, type KnownPrefix } from "./address/explain.ts";
export type {
  AddressClass,
  Embedding,
  Explanation,
  KnownExit,
  PrefixOrigin,
  ReverseNames,
  TeredoParts,
} from "./address/explanation.ts";
