import type { TeredoAddress } from "../src/index.ts";

/** An IPv4 address in dotted decimal as an int32 word. */
export function ipv4(text: string): number {
  return text.split(".").reduce((word, octet) => (word << 8) | Number(octet), 0);
}

/** Sixteen bytes from eight hexadecimal groups. */
export function ipv6(groups: string): Uint8Array {
  const bytes = groups
    .split(":")
    .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
  return Uint8Array.from(bytes);
}

/** Published Teredo addresses with what is in them. */
export const PUBLISHED: readonly {
  readonly origin: string;
  readonly bytes: Uint8Array;
  readonly fields: TeredoAddress;
  readonly cone: boolean;
  readonly random: number;
}[] = [
  {
    origin: "Wikipedia, Teredo tunneling, section Teredo IPv6 addressing",
    bytes: ipv6("2001:0000:4136:e378:8000:63bf:3fff:fdd2"),
    fields: { server: ipv4("65.54.227.120"), flags: 0x8000, mappedPort: 40000, mappedAddress: ipv4("192.0.2.45") },
    cone: true,
    random: 0,
  },
  {
    origin: "Microsoft, Teredo Overview, the client with the random flags",
    bytes: ipv6("2001:0000:ce49:7601:e866:efff:62c3:fffe"),
    fields: { server: ipv4("206.73.118.1"), flags: 0xe866, mappedPort: 4096, mappedAddress: ipv4("157.60.0.1") },
    cone: true,
    // 0xe866 is C=1, R=1, A=1010, U=0, G=0, A=01100110.
    random: 0xa66,
  },
];
