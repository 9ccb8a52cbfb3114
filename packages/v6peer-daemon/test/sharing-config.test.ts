import { expect, it } from "vitest";
import { defaultSharing, parseConfig } from "../src/config/index.ts";

const [ANNA, BERT] = ["a", "b"].map((letter) => letter.repeat(32));
const file = (sharing: string, isLab = false) => `prefix = "${isLab ? "2001:db8" : "2a00:64"}:64::/80"
lab = ${isLab}
[local-exit]
mode = "masquerade"
[sharing]
${sharing}
`;

function parse(text: string) {
  const parsed = parseConfig(text);
  if (!("file" in parsed)) throw new Error(parsed.map((each) => JSON.stringify(each)).join("\n"));
  return parsed.file.sharing;
}

it("trusts nobody by default, and has two prefixes of targets at three operators", () => {
  const sharing = parse(file(""));
  expect(sharing).toEqual(defaultSharing());
  expect(sharing).toMatchObject({ trusted: [], active: 2, interval: 10, failures: 3, successes: 5, over: 60 });
  expect(sharing.targets).toHaveLength(3);
});

it("takes identities, with a prefix or without", () => {
  const { trusted } = parse(file(`trusted = ["${ANNA}", { peer = "${BERT}", prefix = "2a00:64:65::/80" }]`));
  expect(trusted).toEqual([{ peer: ANNA }, { peer: BERT, prefix: "2a00:64:65::/80" }]);
});

it("takes laboratory addresses in laboratories", () => {
  expect(parse(file('targets = ["198.51.100.2:80"]', true)).targets).toEqual(["198.51.100.2:80"]);
});

it.each([
  ["an identity that is none", 'trusted = ["somebody"]', /trusted/],
  ["an identity twice", `trusted = ["${ANNA}", "${ANNA}"]`, /listed twice/],
  ["the own prefix as somebody's", `trusted = [{ peer = "${ANNA}", prefix = "2A00:64:64:0::/80" }]`, /own prefix/],
  ["a trusted prefix that is local", `trusted = [{ peer = "${ANNA}", prefix = "fd00::/80" }]`, /not globally routable/],
  ["a trusted prefix that is no /80", `trusted = [{ peer = "${ANNA}", prefix = "2a00:64:65::/96" }]`, /80/],
  [
    "a trusted prefix twice",
    `trusted = [{ peer = "${ANNA}", prefix = "2a00:64:65::/80" }, { peer = "${BERT}", prefix = "2a00:64:65::/80" }]`,
    /listed twice/,
  ],
  ["four prefixes at once", "active = 4", /1 to 3/],
  ["a target without a port", 'targets = ["8.8.8.8"]', /TCP port/],
  ["a target that no NAT64 reaches", 'targets = ["192.168.1.1:80"]', /not global unicast/],
  ["a target that is no address", 'targets = ["999.8.8.8:53"]', /999\.8\.8\.8/],
  ["no targets", "targets = []", /at least 1/],
  ["a list that is no URL", 'list = "/etc/passwd"', /URL/],
  ["a list with a password", 'list = "https://me:secret@coordinator.example.net/prefixes"', /URL/],
  ["probes without a pause", "interval = 0", /1 to 3600/],
])("refuses %s", (_, sharing, message) => {
  expect(() => parse(file(sharing))).toThrow(message);
});
