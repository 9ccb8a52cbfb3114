import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const NATIVE = join(import.meta.dirname, "../native");

/** From the ground up. A room includes its own headers, and of rooms below it the contract alone: `ROOM/ROOM.h`. */
const ROOMS = ["packets", "io", "tun", "udp", "wait", "memory", "unix", "node"];
const INDEPENDENT = new Set(["io/packets", "tun/udp", "udp/tun"]);

describe("the rooms of the addon", () => {
  it("are those that this test knows", () => {
    expect(readdirSync(NATIVE).sort()).toEqual([...ROOMS].sort());
  });

  it.each(filesOf(NATIVE))("%s includes its own room and the contracts of rooms below", (file) => {
    const room = dirname(file);
    const breaches = includesOf(file).filter((name) => {
      if (!name.includes("/")) return !readdirSync(join(NATIVE, room)).includes(name);
      const other = dirname(name);
      const isBelow = ROOMS.indexOf(other) >= 0 && ROOMS.indexOf(other) < ROOMS.indexOf(room);
      return !isBelow || INDEPENDENT.has(`${room}/${other}`) || name !== `${other}/${other}.h`;
    });
    expect(breaches).toEqual([]);
  });

  it("have headers that include each other in no circle", () => {
    const headers = filesOf(NATIVE).filter((file) => file.endsWith(".h"));
    for (const header of headers) expect(reachableFrom(header)).not.toContain(header);
  });
});

function filesOf(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((name) => /\.[ch]$/.test(name)).sort();
}

function includesOf(file: string): string[] {
  return [...readFileSync(join(NATIVE, file), "utf8").matchAll(/^#include "([^"]+)"/gm)].map(([, name]) => name);
}

function reachableFrom(file: string): Set<string> {
  const found = new Set<string>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const name of includesOf(next)) {
      const path = name.includes("/") ? name : `${dirname(next)}/${name}`;
      if (!found.has(path)) open.push(path);
      found.add(path);
    }
  }
  return found;
}
