/** Which addresses count as global, in the file and in the registrations of peers. */
import { classify, compileRefusals, LABORATORY_BLOCKS, parseIPv4, parseIPv6, type Refusals } from "@nat64/rfc6052";

/** The refused addresses. A laboratory may use documentation and private addresses. */
export function refusalsFor(isLab: boolean): Refusals {
  return compileRefusals(isLab ? { allow: LABORATORY_BLOCKS } : {});
}

/** What is wrong with a public address of this coordinator, or `undefined`. */
export function refuseNonGlobal(address: string, family: 4 | 6, isLab: boolean): string | undefined {
  if (address === "localhost" || address.includes(":") !== (family === 6)) return `expected an IPv${family} address`;
  const refusals = refusalsFor(isLab);
  const isRefused =
    family === 4 ? refusals.refusesIPv4(parseIPv4(address)) : refusals.refusesClientSource(...parseIPv6(address));
  if (!isRefused) return undefined;
  const { block, kind, entry } = classify(address);
  const what = entry === undefined ? kind.replace("-", " ") : entry.name;
  const advice = isLab ? "" : '; use the address that the internet sees, or "lab = true" in a laboratory';
  return `${address} is not global (${block}: ${what}), so no relay could reach it${advice}`;
}

/** Throws an `AddressError` unless the text is an address of either family. */
export function checkIP(value: string): undefined {
  if (value.includes(":")) parseIPv6(value);
  else parseIPv4(value);
}
