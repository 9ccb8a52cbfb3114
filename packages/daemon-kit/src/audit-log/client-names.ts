/** What the log calls a client. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { dayOf, keyPath } from "./files.ts";
import type { ClientPolicy } from "./record.ts";

/** Bytes of a day's key, and of a hash: too many to be guessed, and for two networks to share one. */
const KEY_BYTES = 32;
const HASH_BYTES = 16;

/** Begins a name that is a hash. */
const HASHED = "hmac-sha256:";

/**
 * Names clients as configured. Hashes use a daily key: as long as the key is kept, a given network can be compared with a
 * hash. A network cannot be followed over days, nor identified after the key is deleted.
 */
export class ClientNames {
  readonly #directory: string;
  readonly #policy: ClientPolicy;
  #day = "";
  #key: Buffer | undefined;

  constructor(directory: string, policy: ClientPolicy) {
    this.#directory = directory;
    this.#policy = policy;
  }

  /**
   * The name of a network now. Throws when the day's key can be neither read nor made.
   *
   * @param network a /64 in canonical text
   */
  name(network: string, now: number): string | undefined {
    if (this.#policy === "off") return undefined;
    if (this.#policy === "plain") return network;
    const day = dayOf(now);
    if (this.#key === undefined || day !== this.#day) {
      this.#key = makeKey(keyPath(this.#directory, day));
      this.#day = day;
    }
    return hash(this.#key, network);
  }
}

/** The result of comparing a client in the log with a given network. */
export type ClientMatch = "same" | "other" | "not-recorded" | "key-gone";

/**
 * Whether a name of the log is that of a network.
 *
 * @param name as the log has it @param network a /64 in canonical text @param at when the log said so, milliseconds
 */
export function matchClient(directory: string, name: string | undefined, network: string, at: number): ClientMatch {
  if (name === undefined) return "not-recorded";
  if (!name.startsWith(HASHED)) return name === network ? "same" : "other";
  let key: Buffer;
  try {
    key = readKey(keyPath(directory, dayOf(at)));
  } catch {
    return "key-gone";
  }
  const [one, other] = [Buffer.from(name), Buffer.from(hash(key, network))];
  return one.length === other.length && timingSafeEqual(one, other) ? "same" : "other";
}

function hash(key: Buffer, network: string): string {
  return HASHED + createHmac("sha256", key).update(network).digest().subarray(0, HASH_BYTES).toString("base64url");
}

/** Made at first use, for its owner alone; a crash in between leaves none that is half written to be believed. */
function makeKey(path: string): Buffer {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return readKey(path);
    throw error;
  }
  try {
    const key = randomBytes(KEY_BYTES);
    writeSync(file, key);
    return key;
  } finally {
    closeSync(file);
  }
}

function readKey(path: string): Buffer {
  const key = readFileSync(path);
  if (key.length !== KEY_BYTES) throw new Error(`${path} is damaged: remove it, and a new key is made`);
  return key;
}
