import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  answerTo,
  ERROR_CODES,
  encodeFrame,
  FrameDecoder,
  type JsonObject,
  MAX_FRAME_LENGTH,
  MESSAGES,
  type Message,
  type MessageDirection,
  type MessageOf,
  type MessageType,
  makeError,
  parseMessage,
} from "../src/index.ts";
import examples from "./vectors/messages.json" with { type: "json" };

const all = examples as readonly (JsonObject & { readonly type: MessageType })[];

/** The example of a type; of `registered` the first. */
function example<T extends MessageType>(type: T): MessageOf<T> {
  return all.find((each) => each.type === type) as MessageOf<T>;
}

/** Parses in a direction in which the type may go. */
function parse(object: JsonObject): ReturnType<typeof parseMessage> {
  return parseMessage(object, MESSAGES[object.type as MessageType].directions[0]);
}

/** Reads a value at a path such as `ports.first`, or writes it into a deep copy. */
function withValue(object: JsonObject, path: string, value: unknown): JsonObject {
  const copy = structuredClone(object) as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop()!;
  const parent = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

/** Paths of everything inside an example. */
function pathsOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    const own = path === "" ? key : `${path}.${key}`;
    return [own, ...pathsOf(each, own)];
  });
}

describe("every message", () => {
  it("has an example", () => {
    expect([...new Set(all.map(({ type }) => type))].sort()).toEqual(Object.keys(MESSAGES).sort());
  });

  it.each(all)("$type: accepts its example unchanged, in every direction in which it goes", (object) => {
    for (const way of MESSAGES[object.type].directions) {
      expect(parseMessage(object, way)).toEqual({ ok: true, message: object });
    }
  });

  it.each(all)("$type: survives encoding to a frame and decoding", (object) => {
    const events = new FrameDecoder().push(encodeFrame(object as unknown as Message));
    expect(events).toEqual([{ ok: true, object }]);
  });

  it.each(all)("$type: is refused in any other direction", (object) => {
    const directions: MessageDirection[] = [
      "v6peer-to-coordinator",
      "v4peer-to-coordinator",
      "coordinator-to-v6peer",
      "coordinator-to-v4peer",
    ];
    for (const way of directions.filter((each) => !MESSAGES[object.type].directions.includes(each))) {
      expect(parseMessage(object, way)).toMatchObject({ ok: false, fault: { code: "wrong-way" } });
    }
  });

  it.each(all)("$type: ignores unknown fields on every level", (object) => {
    const levels = ["", ...pathsOf(object)].filter((path) => !path.match(/\.?\d+$/));
    const isRecord = (path: string): boolean => {
      const value = path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], object);
      return typeof value === "object" && value !== null && !Array.isArray(value);
    };
    for (const level of levels.filter((path) => path === "" || isRecord(path))) {
      const extended = withValue(object, level === "" ? "fromTheFuture" : `${level}.fromTheFuture`, { a: [1] });
      expect(parse(extended)).toEqual({ ok: true, message: object });
    }
  });

  it.each(all)("$type: is refused if any field has another JSON type, and the sentence names the field", (object) => {
    for (const path of pathsOf(object).filter((each) => each !== "type")) {
      const result = parse(withValue(object, path, path.endsWith("nat") ? 5 : null));
      expect(result, path).toMatchObject({ ok: false, fault: { code: "invalid-message", regarding: object.type } });
      if (!result.ok) expect(result.fault.sentence, path).toContain(path.split(".")[0]);
    }
  });

  it.each(all)("$type: survives any JSON in any field", (object) => {
    const paths = pathsOf(object).filter((each) => each !== "type");
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 3 }), (path, value) => {
        const result = parse(withValue(object, path, value));
        if (!result.ok) expect(answerTo(result.fault)?.message.length ?? 1).toBeLessThanOrEqual(300);
      }),
      { numRuns: 40 },
    );
  });
});

const filled = (length: number, last = "A"): string => `${"A".repeat(length - 1)}${last}`;

describe("a message is refused with", () => {
  it.each<[string, MessageType, string, unknown]>([
    ["an unknown role", "hello", "role", "coordinator"],
    ["a version range upside down", "hello", "versions", { lowest: 2, highest: 1 }],
    ["version zero", "hello", "versions.lowest", 0],
    ["a version that is not an integer", "hello", "versions.highest", 1.5],
    ["a key that is too short", "hello", "identity", filled(42)],
    ["a key that is too long", "hello", "identity", filled(44)],
    ["a key with unused bits set", "hello", "identity", filled(43, "B")],
    ["a key in plain base64", "hello", "identity", `+/${filled(41)}`],
    ["a key with padding", "hello", "identity", `${filled(43)}=`],
    ["a key with a trailing line break", "hello", "identity", `${filled(43)}\n`],
    ["a signature with unused bits set", "hello", "signature", filled(86, "B")],
    ["too many features", "hello", "features", new Array(33).fill("a")],
    ["a feature with a blank", "hello", "features", ["a b"]],
    ["an escape sequence in the software's name", "hello", "software", "\u001b[31mred"],
    ["an endless software name", "hello", "software", "x".repeat(65)],
    ["an endless invite", "hello", "invite", "x".repeat(129)],
    ["no addresses", "welcome", "addresses", []],
    ["an address with a leading zero", "welcome", "addresses", ["192.0.02.1"]],
    ["an address that is one number", "welcome", "addresses", ["3221225985"]],
    ["an IPv4-mapped address", "welcome", "observed", "::ffff:c000:201"],
    ["an IPv4-mapped address in dots", "welcome", "observed", "::ffff:192.0.2.1"],
    ["a peer id in capitals", "welcome", "peer", "A".repeat(32)],
    ["a keep-alive of zero", "welcome", "keepAlive", 0],
    ["a /64", "register-v6", "prefix", "2001:db8:64::/64"],
    ["a /81", "register-v6", "prefix", "2001:db8:64::/81"],
    ["a /80 that RFC 6052 §2.2 forbids", "register-v6", "prefix", "2001:db8:64:0:100::/80"],
    ["a prefix with host bits", "register-v6", "prefix", "2001:db8:64::1/80"],
    ["a prefix that is not canonical", "register-v6", "prefix", "2001:DB8:64::/80"],
    ["a prefix with a zone", "register-v6", "prefix", "fe80::%eth0/80"],
    ["an unknown relay", "register-v6", "relay", "carrier-pigeon"],
    ["a bandwidth of zero", "register-v6", "bandwidth", 0],
    ["an excessive bandwidth", "register-v6", "bandwidth", 1e300],
    ["33 exits", "register-v6", "exits", 33],
    ["a negative number of exits", "register-v6", "exits", -1],
    ["an endless abuse contact", "register-v6", "abuse", "x".repeat(255)],
    ["terms that are not a web page", "register-v6", "terms", "javascript:alert(1)"],
    ["terms of two lines", "register-v6", "terms", "https://example.net/\r\nx"],
    ["endless terms", "register-v6", "terms", `https://${"x".repeat(255)}`],
    ["an abuse contact of two lines", "register-v6", "abuse", "a@example.net\r\nBcc: b@example.net"],
    ["65 pairs", "register-v6", "pairs", new Array(65).fill(example("register-v6").pairs[0])],
    ["33 wishes", "register-v6", "wants", new Array(33).fill(example("welcome").peer)],
    ["65 pairs at most", "register-v4", "maxPairs", 65],
    ["port zero", "challenge", "sourcePort", 0],
    ["an IPv4 source", "challenge", "source", "192.0.2.1"],
    ["two nonces", "prove", "nonces", example("prove").nonces.slice(0, 2)],
    ["four nonces", "prove", "nonces", [...example("prove").nonces, example("mapped").nonce]],
    ["an interval that is too long for NATs", "solicit", "interval", 26],
    ["a token that is too long", "solicit", "token", filled(23)],
    ["an IPv6 server", "solicit", "primary.address", "2001:db8::1"],
    ["an IPv4-mapped address", "mapped", "address", "::ffff:198.51.100.7"],
    ["port 65536", "mapped", "port", 65_536],
    ["a prefix for an IPv4 peer", "registered", "role", "v4peer"],
    ["the automatic selector", "offer", "selector", 0],
    ["the selector of the IPv6 peer itself", "offer", "selector", 0xffff],
    ["a reserved selector", "offer", "selector", 0xff00],
    ["system ports", "accept", "ports.first", 1023],
    ["a port block upside down", "accept", "ports", { first: 5000, last: 4000 }],
    ["a port block of 63 ports", "accept", "ports", { first: 5000, last: 5062 }],
    ["65 services", "accept", "policy.services", new Array(65).fill(example("accept").policy.services[0])],
    ["a service of IPv6", "accept", "policy.services.0.network", "2001:db8::/32"],
    ["a service with host bits", "accept", "policy.services.0.network", "192.168.1.10/24"],
    ["a service without length", "accept", "policy.services.0.network", "192.168.1.10"],
    ["a service of another protocol", "accept", "policy.services.0.protocol", "icmp"],
    ["a service whose ports are upside down", "accept", "policy.services.0.lastPort", 442],
    ["a reason in prose", "decline", "reason", "I do not like you"],
    ["a message with control characters", "decline", "message", "a\u0007b"],
    ["a message with a lone surrogate", "decline", "message", "a\ud800b"],
    ["an endless message", "decline", "message", "x".repeat(301)],
    ["waiting for more than a day", "decline", "retryAfter", 86_401],
    ["a Teredo address that is not canonical", "pair", "address", "2001:0000:c000:0201:2866:63bf:39cc:9bf8"],
    ["a relay without port", "bubble", "relay.port", undefined],
    ["an unknown state", "path", "state", "sideways"],
    ["a loss above 1", "path", "loss", 1.01],
    ["a negative round-trip time", "path", "rtt", -1],
    ["too many prefixes", "prefixes", "prefixes", new Array(65).fill(example("prefixes").prefixes[0])],
    ["an unknown health", "prefixes", "prefixes.0.health", "unwell"],
    ["a number beyond 32 bits", "ping", "id", 2 ** 32],
    ["half a number", "pong", "id", 0.5],
    ["an error that is neither temporary nor permanent", "error", "temporary", "perhaps"],
  ])("%s (%s)", (_, type, path, value) => {
    const result = parse(withValue(example(type) as unknown as JsonObject, path, value));
    expect(result).toMatchObject({ ok: false, fault: { code: "invalid-message", regarding: type } });
  });
});

describe("optional fields", () => {
  const optional = {
    hello: ["software", "invite"],
    welcome: ["software"],
    "register-v6": ["bandwidth", "terms"],
    "register-v4": ["bandwidth"],
    propose: ["bandwidth"],
    decline: ["message", "retryAfter"],
    pair: ["limits.bandwidth"],
    unpair: ["message"],
    path: ["rtt", "loss", "yields", "cause"],
    "get-prefixes": ["after"],
    prefixes: ["next", "prefixes.0.bandwidth", "prefixes.0.terms"],
    drain: ["pair", "cancel"],
    goodbye: ["message", "reconnectAfter"],
    error: ["regarding", "pair", "retryAfter", "versions"],
  } satisfies Partial<Record<MessageType, string[]>> as Partial<Record<MessageType, string[]>>;

  it.each(all)("$type: are those of the protocol", (object) => {
    const paths = pathsOf(object).filter((path) => path !== "type" && !/\.\d+$/.test(path));
    const missable = paths.filter((path) => parse(withValue(object, path, undefined)).ok);
    const expected = (optional[object.type] ?? []).filter((path) => object.type !== "error" || paths.includes(path));
    expect(missable.sort()).toEqual(expected.sort());
  });
});

describe("the sentence about an invalid message", () => {
  it.each([
    ["ping", "id", -1, "id: too small or too short."],
    ["ping", "id", 2 ** 40, "id: too large or too long."],
    ["ping", "id", "7", "id: missing, or of the wrong type."],
    ["ping", "id", undefined, "id: missing, or of the wrong type."],
    ["ping", "id", 0.5, "id: missing, or of the wrong type."],
    ["path", "state", "sideways", "state: not a value of this version."],
    ["hello", "role", 6, "role: not a value of this version."],
    ["hello", "versions", { lowest: 2, highest: 1 }, "versions: the lowest version is above the highest."],
    ["prove", "nonces.1", "A", "nonces.1: expected 16 bytes as base64url without padding."],
    ["mapped", "address", "01.2.3.4", "address: expected an IPv4 address."],
    ["prefixes", "prefixes", new Array(65).fill(0), "prefixes: too large or too long."],
  ])("of %s, field %s, is in the words of the protocol (%j)", (type, path, value, sentence) => {
    const result = parse(withValue(example(type as MessageType) as unknown as JsonObject, path, value));
    expect(result).toMatchObject({ ok: false, fault: { sentence } });
  });
});

describe("old and new versions", () => {
  it("answer an unknown type with an error, after which the connection continues", () => {
    const result = parseMessage({ type: "teleport", to: "moon" }, "v6peer-to-coordinator");
    expect(result).toMatchObject({ ok: false, fault: { code: "unknown-type" } });
    if (result.ok) return;
    const answer = answerTo(result.fault)!;
    expect(answer).toEqual({ ...makeError("unknown-type"), regarding: "teleport" });
    expect(ERROR_CODES["unknown-type"].closes).toBe(false);
    expect(parse(answer as unknown as JsonObject)).toEqual({ ok: true, message: answer });
  });

  it.each(["Teleport", "x".repeat(49), "", "a b", "\u0000"])("do not repeat %j, which is no name", (type) => {
    const result = parseMessage({ type }, "v6peer-to-coordinator");
    if (result.ok) throw new Error("it is no message");
    expect(answerTo(result.fault)).toEqual(makeError("unknown-type"));
  });

  it.each([undefined, null, 5, {}, ["ping"]])("treat %j as a missing type", (type) => {
    expect(parseMessage({ type }, "v6peer-to-coordinator")).toMatchObject({ fault: { code: "invalid-message" } });
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("treat %s as an unknown type", (type) => {
    expect(parseMessage({ type }, "v6peer-to-coordinator")).toMatchObject({ fault: { code: "unknown-type" } });
  });

  it("never answer an error with an error", () => {
    const result = parse({ type: "error", code: "!" });
    expect(result.ok).toBe(false);
    if (!result.ok) expect(answerTo(result.fault)).toBeUndefined();
  });

  it("read a future NAT kind as unknown", () => {
    expect(parse({ ...example("mapped"), nat: "quantum" })).toMatchObject({ ok: true, message: { nat: "unknown" } });
  });

  it("pass on future reasons and codes", () => {
    expect(parse({ ...example("unpair"), reason: "eclipse" })).toMatchObject({ message: { reason: "eclipse" } });
    expect(parse({ ...example("error"), code: "eclipse" })).toMatchObject({ message: { code: "eclipse" } });
  });
});

describe("errors", () => {
  it.each(Object.keys(ERROR_CODES) as (keyof typeof ERROR_CODES)[])(
    "%s is a message that the schema accepts",
    (code) => {
      const error = makeError(code, { pair: example("pair").pair, retryAfter: 3 });
      expect(parse(error as unknown as JsonObject)).toEqual({ ok: true, message: error });
    },
  );

  it("never repeat a stranger's input", () => {
    const secret = "hunter2".repeat(20);
    for (const path of pathsOf(example("offer"))) {
      const object = withValue(example("offer") as unknown as JsonObject, path, secret);
      const result = parseMessage(object, "v6peer-to-coordinator");
      if (!result.ok) expect(JSON.stringify(answerTo(result.fault))).not.toContain("hunter2");
    }
  });

  it("answer invalid frames", () => {
    expect(answerTo("malformed-json")).toMatchObject({ type: "error", code: "malformed-json", temporary: false });
  });
});

describe("the largest message that a schema accepts", () => {
  const wide = "\u{1f9a5}".repeat(150);
  const many = <T>(value: T, length: number): T[] => new Array<T>(length).fill(value);
  const longAddress = "2001:db8:1111:1111:1111:1111:1111:1111";
  const service = { network: "192.168.100.100/32", protocol: "tcp" as const, firstPort: 60_000, lastPort: 65_535 };
  const shared = {
    ...example("prefixes").prefixes[0],
    prefix: "2001:db8:1111:1111:11::/80",
    health: "degraded" as const,
    bandwidth: 1e12,
    abuse: "\\".repeat(254),
    terms: `https://${"x".repeat(246)}`,
  };
  const held = { ...example("register-v6").pairs[0], address: longAddress };
  const largest: Message[] = [
    {
      ...example("register-v6"),
      abuse: "\\".repeat(254),
      terms: `https://${"x".repeat(246)}`,
      wants: many(example("welcome").peer, 32),
      pairs: many(held, 64),
    },
    { ...example("accept"), policy: { internet: false, services: many(service, 64) } },
    { ...example("prefixes"), prefixes: many(shared, 64) },
    { ...example("error"), message: wide },
    { ...example("hello"), features: many("x".repeat(48), 32) },
  ];

  it.each(largest)("$type: fits a frame", (message) => {
    expect(parse(message as unknown as JsonObject)).toMatchObject({ ok: true });
    expect(encodeFrame(message).length).toBeLessThan(MAX_FRAME_LENGTH);
  });
});
