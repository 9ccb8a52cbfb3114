/** Every way in which an IPv6 address might be written down, to look for it where it must not be. */
import { bytesOf, formatIPv6, parseIPv6, toArpaName } from "@nat64/rfc6052";

/** A way of writing, and what it comes to. */
export interface Trace {
  readonly form: string;
  readonly text: string;
}

/**
 * What would give an address, or the /64 it lies in, away. For addresses whose groups are all distinct and not zero, so
 * that each form is long enough to be nothing else.
 */
export function tracesOf(address: string): readonly Trace[] {
  const words = parseIPv6(address);
  const bytes = bytesOf(words);
  const groups = formatIPv6(words).split(":");
  const network = bytes.subarray(0, 8);
  const host = bytes.subarray(8);
  const nibbles = toArpaName(address).split(".").slice(0, 32);
  const list = (part: Uint8Array, separator: string) => [...part].join(separator);
  const base64 = (part: Uint8Array) => Buffer.from(part).toString("base64").replace(/=+$/, "").slice(0, 10);
  return [
    { form: "canonical text (RFC 5952)", text: formatIPv6(words) },
    { form: "the /64", text: groups.slice(0, 4).join(":") },
    { form: "the interface identifier", text: groups.slice(4).join(":") },
    {
      form: "groups with their zeros",
      text: groups
        .slice(0, 4)
        .map((each) => each.padStart(4, "0"))
        .join(":"),
    },
    { form: "hexadecimal digits of the /64", text: Buffer.from(network).toString("hex") },
    { form: "hexadecimal digits of the interface identifier", text: Buffer.from(host).toString("hex") },
    { form: "the reverse name of the /64", text: nibbles.slice(16).join(".") },
    { form: "the reverse name of the interface identifier", text: nibbles.slice(0, 16).join(".") },
    { form: "bytes of the /64, as JSON has them", text: list(network, ",") },
    { form: "bytes of the /64, as JSON has them indented", text: list(network, ", ") },
    { form: "bytes of the interface identifier", text: list(host, ",") },
    { form: "base64 of the address", text: base64(bytes) },
    { form: "base64 of the interface identifier", text: base64(host) },
    // Words as the engine has them; the first one is the provider's and not the client's.
    ...words.slice(1).flatMap((word) => [
      { form: "a word, signed", text: String(word) },
      { form: "a word, unsigned", text: String(word >>> 0) },
    ]),
  ];
}

/** The forms in which addresses are found in a text, whatever the case. */
export function findTraces(text: string, addresses: readonly string[]): readonly string[] {
  const lower = text.toLowerCase();
  return addresses.flatMap((address) =>
    tracesOf(address)
      .filter((trace) => lower.includes(trace.text.toLowerCase()))
      .map(({ form, text: found }) => `${form}: ${found}`),
  );
}
