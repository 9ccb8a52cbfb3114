/** RFC 6052 §2.4, tables 1 and 2: 192.0.2.33 in the prefixes of each length. */
export const RFC6052_SECTION_2_4: readonly {
  readonly prefix: string;
  readonly ipv4: string;
  readonly ipv6: string;
}[] = [
  { prefix: "2001:db8::/32", ipv4: "192.0.2.33", ipv6: "2001:db8:c000:221::" },
  { prefix: "2001:db8:100::/40", ipv4: "192.0.2.33", ipv6: "2001:db8:1c0:2:21::" },
  { prefix: "2001:db8:122::/48", ipv4: "192.0.2.33", ipv6: "2001:db8:122:c000:2:2100::" },
  { prefix: "2001:db8:122:300::/56", ipv4: "192.0.2.33", ipv6: "2001:db8:122:3c0:0:221::" },
  { prefix: "2001:db8:122:344::/64", ipv4: "192.0.2.33", ipv6: "2001:db8:122:344:c0:2:2100:0" },
  { prefix: "2001:db8:122:344::/96", ipv4: "192.0.2.33", ipv6: "2001:db8:122:344::c000:221" },
];

/** Invalid prefixes, named after their defect. */
export const BAD_PREFIXES: readonly { readonly defect: string; readonly text: string; readonly code: string }[] = [
  { defect: "no length", text: "64:ff9b::", code: "invalid-prefix" },
  { defect: "empty", text: "", code: "invalid-prefix" },
  { defect: "empty length", text: "64:ff9b::/", code: "invalid-prefix" },
  { defect: "length with a leading zero", text: "64:ff9b::/096", code: "invalid-prefix" },
  { defect: "length of 129", text: "64:ff9b::/129", code: "invalid-prefix" },
  { defect: "negative length", text: "64:ff9b::/-96", code: "invalid-prefix" },
  { defect: "two lengths", text: "64:ff9b::/96/96", code: "invalid-prefix" },
  { defect: "not an address", text: "nat64/96", code: "invalid-ipv6" },
  { defect: "two double colons", text: "64::ff9b::/96", code: "invalid-ipv6" },
  { defect: "nine groups", text: "1:2:3:4:5:6:7:8:9/64", code: "invalid-ipv6" },
  { defect: "zone", text: "fe80::%eth0/64", code: "invalid-ipv6" },
  { defect: "ten kilobytes of colons", text: `${":".repeat(10_240)}/96`, code: "invalid-ipv6" },
  { defect: "IPv4 prefix", text: "192.0.2.0/24", code: "invalid-ipv6" },
  { defect: "bits after the prefix length", text: "2001:db8::1/64", code: "host-bits" },
  { defect: "length of 80", text: "2001:db8:0:0::/80", code: "prefix-length" },
  { defect: "length of 0", text: "::/0", code: "prefix-length" },
  { defect: "length of 128", text: "2001:db8::1/128", code: "prefix-length" },
  { defect: "u octet set in a /96", text: "2001:db8:0:0:100::/96", code: "u-octet" },
];

/** Invalid IPv4 addresses, named after their defect. */
export const BAD_IPV4: readonly { readonly defect: string; readonly text: string }[] = [
  { defect: "empty", text: "" },
  { defect: "three octets", text: "192.0.2" },
  { defect: "five octets", text: "192.0.2.1.1" },
  { defect: "octet of 256", text: "192.0.2.256" },
  { defect: "octal octet", text: "192.0.2.010" },
  { defect: "hexadecimal octet", text: "192.0.2.0x1" },
  { defect: "one number", text: "3221225985" },
  { defect: "length", text: "192.0.2.1/32" },
  { defect: "leading space", text: " 192.0.2.1" },
  { defect: "trailing line feed", text: "192.0.2.1\n" },
  { defect: "digits of another script", text: "١٩٢.0.2.1" },
];

/** Invalid IPv6 addresses, named after their defect. */
export const BAD_IPV6: readonly { readonly defect: string; readonly text: string }[] = [
  { defect: "empty", text: "" },
  { defect: "IPv4", text: "192.0.2.1" },
  { defect: "seven groups", text: "1:2:3:4:5:6:7" },
  { defect: "nine groups", text: "1:2:3:4:5:6:7:8:9" },
  { defect: "two double colons", text: "1::2::3" },
  { defect: "three colons", text: "1:::2" },
  { defect: "group of five digits", text: "2001:db8::12345" },
  { defect: "letter g", text: "2001:db8::g" },
  { defect: "zone", text: "fe80::1%eth0" },
  { defect: "length", text: "2001:db8::1/128" },
  { defect: "brackets", text: "[2001:db8::1]" },
  { defect: "embedded octet of 256", text: "::ffff:192.0.2.256" },
  { defect: "embedded IPv4 in the middle", text: "1:2:3:4:192.0.2.1:5:6" },
  { defect: "trailing line feed", text: "2001:db8::1\n" },
  { defect: "colon behind", text: "2001:db8::1:" },
];
