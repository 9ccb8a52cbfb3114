import { expect, it } from "vitest";
import { getAddress6 } from "../../src/packet/ipv6-address.ts";
import { OWN_TCP_LENGTH, writeOwnTcp } from "../../src/translate/own-tcp.ts";
import { address, checksumError, concat, ipv6, toHex, u16 } from "../packet/build.ts";

it("RFC 6146 §3.5.2.2: a probe is an ACK without data, numbers zero, with a right checksum", () => {
  const [source, destination] = ["2001:db8:64::808:808", "2001:db8::77"];
  const words = [source, destination].map((text) => {
    const out = new Int32Array(4);
    getAddress6(address(text), 0, out);
    return out;
  });
  const bytes = new Uint8Array(80).fill(0xa5);
  writeOwnTcp(bytes, 10, words[0], words[1], (443 << 16) | 50000, 0x10, 0);
  const out = bytes.slice(10, 10 + OWN_TCP_LENGTH);
  expect(checksumError(out)).toBe(0);
  const payload = concat(
    u16(443),
    u16(50000),
    new Uint8Array(8),
    [0x50, 0x10],
    new Uint8Array(2),
    out.subarray(56, 58),
    [0, 0],
  );
  expect(toHex(out)).toBe(toHex(ipv6({ protocol: 6, payload, source, destination })));
});
