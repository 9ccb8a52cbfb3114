/** Changes JSON where it means something: a value here, a key there. Blind mutation mostly breaks its syntax. */
import type { Random } from "./random.ts";
import { bytesOfText, textOf } from "./text.ts";

/** Values that programs forget. */
const STRANGE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1,
  1.5,
  65_536,
  2 ** 32,
  2 ** 53,
  1e308,
  "",
  "x",
  [],
  {},
  "::",
  "\u0000",
];
const LONG = 300;
const LONGEST_LIST = 32;

type Container = Record<string, unknown> | unknown[];

/** A changed copy, or undefined if the input is not a JSON object or array. @param other where values may come from */
export function mutateJson(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array | undefined {
  const value = parse(input);
  if (!isContainer(value)) return undefined;
  const donor = parse(other);
  for (let left = 1 + random.below(3); left > 0; left--) change(value, donor, random);
  return bytesOfText(JSON.stringify(value));
}

function change(root: Container, donor: unknown, random: Random): void {
  const places = containersIn(root);
  const place = places[random.below(places.length)];
  const keys = Object.keys(place);
  const key = keys[random.below(keys.length)] ?? "0";
  const fields = place as Record<string, unknown>;
  switch (random.below(6)) {
    case 0:
      fields[key] = STRANGE[random.below(STRANGE.length)];
      break;
    case 1:
      if (Array.isArray(place)) place.splice(Number(key), 1);
      else delete fields[key];
      break;
    case 2:
      fields[key] = similar(fields[key], random);
      break;
    case 3:
      if (isContainer(donor)) Object.assign(fields, someOf(donor, random));
      break;
    case 4:
      if (Array.isArray(place) && place.length < LONGEST_LIST) place.push(structuredClone(place[0]));
      else if (!Array.isArray(place)) fields[`${key}x`] = fields[key];
      break;
    default:
      fields[key] = fields[keys[random.below(keys.length)]];
      // A container that contains itself has no JSON.
      if (isContainer(fields[key])) fields[key] = structuredClone(fields[key]);
  }
}

function similar(value: unknown, random: Random): unknown {
  if (typeof value === "number") return [value + 1, value - 1, -value, value * 2, value / 2][random.below(5)];
  if (typeof value === "boolean") return !value;
  if (typeof value !== "string") return value;
  const at = random.below(value.length + 1);
  switch (random.below(5)) {
    case 0:
      return value.slice(0, at) + value.slice(at + 1);
    case 1:
      return value.slice(0, at) + String.fromCharCode(32 + random.below(96)) + value.slice(at);
    case 2:
      return value.slice(0, at) + String.fromCharCode(random.below(0x1_0000)) + value.slice(at + 1);
    case 3:
      return value.toUpperCase();
    default:
      return value.padEnd(LONG, value === "" ? "a" : value);
  }
}

function someOf(donor: Container, random: Random): Record<string, unknown> {
  const entries = Object.entries(donor);
  return Object.fromEntries(entries.slice(random.below(entries.length + 1)).slice(0, 2));
}

function containersIn(value: Container): Container[] {
  return [value, ...Object.values(value).filter(isContainer).flatMap(containersIn)];
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return undefined;
  }
}
