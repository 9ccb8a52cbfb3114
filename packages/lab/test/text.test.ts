import { describe, expect, it } from "vitest";
import { describeHop } from "../src/demo/hops.ts";
import { parseMetrics } from "../src/programs/daemon.ts";

describe("a hop of a trace", () => {
  it("behind the NAT64 prefix gets its IPv4 address, private ones too", () => {
    const line = " 6  2001:db8:64::a40:2  0.482 ms";
    expect(describeHop(line, "2001:db8:64::/96")).toBe(`${line} (10.64.0.2)`);
  });

  it.each([" 1  2001:db8:c1::2  0.042 ms", " 4  2001:db8:64::ffff:0:1  0.1 ms", " 5  *"])(
    "%j stays as it is",
    (line) => {
      expect(describeHop(line, "2001:db8:64::/96")).toBe(line);
    },
  );
});

describe("metrics", () => {
  it("are read by name with labels", () => {
    const text = '# HELP a b\n# TYPE a counter\na{reason="not in pool"} 3\nb 1.5\n\n';
    expect([...parseMetrics(text)]).toEqual([
      ['a{reason="not in pool"}', 3],
      ["b", 1.5],
    ]);
  });
});
