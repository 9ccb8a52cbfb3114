/** Addresses taken apart, for other programs. */
export { explain, type KnownPrefix } from "./explain/explain.ts";
export type {
  AddressClass,
  Embedding,
  Explanation,
  KnownExit,
  PrefixOrigin,
  ReverseNames,
  TeredoParts,
} from "./explain/explanation.ts";
