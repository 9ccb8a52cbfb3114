import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ComplaintTimeError, complaintWindow, parseComplaintTime } from "../src/complaints/index.ts";

const NOW = Date.parse("2031-05-20T12:00:00Z");
const AT = "2031-05-17T21:04:05.000Z";
const read = (text: string) => parseComplaintTime(text, NOW);

describe("the time of a complaint", () => {
  it.each([
    ["2031-05-17T21:04:05Z", "ISO 8601"],
    ["2031-05-17t21:04:05.123456z", "RFC 3339"],
    ["2031-05-17T23:04:05+02:00", "ISO 8601 with an offset"],
    ["2031-05-17 16:04:05 -0500", "with spaces"],
    ["2031-05-18 02:34:05+0530", "half an hour"],
    ["2031/05/17 21:04:05 UTC", "slashes"],
    ["2031-05-17 23:04:05,999 +02", "a decimal comma"],
    ["[17/May/2031:23:04:05 +0200]", "the Common Log Format"],
    ["Sat, 17 May 2031 23:04:05 +0200", "RFC 5322"],
    ["Sat May 17 21:04:05 UTC 2031", "date(1)"],
    ["May 17 2031 21:04:05 GMT", "Cisco"],
    [String(Date.parse(AT) / 1000), "Unix seconds"],
    [`@${Date.parse(AT) / 1000}.25`, "Unix seconds with a fraction"],
    [String(Date.parse(AT)), "Unix milliseconds"],
  ])("%s is read (%s)", (text) => {
    expect(new Date(read(text).ms).toISOString()).toBe(AT);
    expect(read(text).assumed).toEqual([]);
  });

  it("without a zone is taken as UTC, and that is said", () => {
    expect(read("2031-05-17 21:04:05")).toMatchObject({
      ms: Date.parse(AT),
      assumed: [expect.stringContaining("UTC")],
    });
  });

  it("of syslog, without a year and a zone, is the last one there was", () => {
    expect(read("May 17 21:04:05").ms).toBe(Date.parse(AT));
    expect(read("Dec 24 18:00:00").ms).toBe(Date.parse("2030-12-24T18:00:00Z"));
    expect(read("Dec 24 18:00:00").assumed.join()).toMatch(/UTC.*2030/);
  });

  it("without seconds is the whole minute", () => {
    const found = read("2031-05-17 21:04Z");
    expect(complaintWindow(found, 30)).toEqual({
      from: Date.parse("2031-05-17T21:03:30Z"),
      to: Date.parse("2031-05-17T21:05:30Z"),
    });
  });

  it("may have a leap second (ISO 8601)", () => {
    expect(read("2016-12-31T23:59:60Z").ms).toBe(Date.parse("2016-12-31T23:59:59Z"));
  });

  it.each([
    ["", /expected a time/],
    ["yesterday", /expected a time/],
    ["2031-02-30T00:00:00Z", /this day or hour does not exist/],
    ["2031-05-17T25:00:00Z", /this day or hour does not exist/],
    ["2031-05-17T21:04:05+19:00", /this day or hour does not exist/],
    ["2031-05-17 21:04:05 CET", /zone CET as hours from UTC/],
    ["2031-06-17T21:04:05Z", /in the future/],
    ["17.05.2031 21:04", /expected a time/],
    ["x".repeat(100_000), /expected a time/],
    ["\u001b[31m2031", /expected a time/],
  ])("%j is refused with a sentence", (text, sentence) => {
    expect(() => read(text)).toThrow(ComplaintTimeError);
    expect(() => read(text)).toThrow(sentence);
    try {
      read(text);
    } catch (error) {
      expect((error as Error).message).not.toContain("\u001b");
      expect((error as Error).message.length).toBeLessThan(400);
    }
  });

  it("a little ahead of our clock is taken, and that is said", () => {
    expect(read("2031-05-20T12:30:00Z").assumed).toEqual([expect.stringContaining("ahead")]);
  });

  it("whatever is written as ISO 8601 with any offset is the same moment", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: NOW / 1000 }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        (seconds, offset) => {
          const local = new Date((seconds + offset * 60) * 1000).toISOString().slice(0, 19);
          const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
          const zone = `${offset < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
          expect(read(`${local}${zone}`).ms).toBe(seconds * 1000);
        },
      ),
    );
  });

  it("any text is read or refused, and quickly", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        try {
          expect(Number.isFinite(read(text).ms)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ComplaintTimeError);
        }
      }),
    );
  });
});
