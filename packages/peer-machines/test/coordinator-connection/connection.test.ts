import { encodeFrame, FrameDecoder, type Hello, type Message, parseMessage, type Welcome } from "@nat64/peer-protocol";
import { beforeEach, describe, expect, test } from "vitest";
import { type ConnectionOutput, CoordinatorConnection, type Lost } from "../../src/index.ts";

const EXPORTER = new Uint8Array(32).fill(7);
const IDENTITY = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw";
const WELCOME: Welcome = {
  type: "welcome",
  version: 1,
  features: [],
  peer: "nrfrhkbnnrvand7pu4ab336lv7sqruj5",
  observed: "198.51.100.7",
  addresses: ["192.0.2.1"],
  keepAlive: 30,
};

/** The value of `random`: 0x80000000 is the middle, so that jitter multiplies by one. */
let word: number;
let connection: CoordinatorConnection;

beforeEach(() => {
  word = 0x80000000;
  connection = new CoordinatorConnection(
    {
      role: "v4peer",
      identity: IDENTITY,
      sign: () => new Uint8Array(64),
      random: () => word,
      software: "test 1",
      invite: "please",
    },
    0,
  );
});

const kinds = (outputs: readonly ConnectionOutput[]) => outputs.map(({ kind }) => kind);
const lost = (outputs: readonly ConnectionOutput[]) => outputs.find((each): each is Lost => each.kind === "lost")!;
const hear = (message: Message, now: number) => connection.receiveBytes(encodeFrame(message), now);

/** The messages in what is to be sent. */
function said(outputs: readonly ConnectionOutput[]): Message[] {
  const decoder = new FrameDecoder();
  return outputs
    .flatMap((each) => (each.kind === "send" ? decoder.push(each.bytes) : []))
    .map((event) => {
      const parsed = event.ok ? parseMessage(event.object, "v4peer-to-coordinator") : event;
      if (!parsed.ok) throw new Error(JSON.stringify(parsed));
      return parsed.message;
    });
}

function open(now = 0): readonly ConnectionOutput[] {
  connection.advance(now);
  connection.connected(EXPORTER, 0);
  return hear(WELCOME, now);
}

describe("hello and welcome", () => {
  test("connects at once, says hello when TLS is established, and opens with the welcome", () => {
    expect(kinds(connection.advance(0))).toEqual(["connect"]);
    const [hello] = said(connection.connected(EXPORTER, 0)) as Hello[];
    expect(hello).toMatchObject({
      type: "hello",
      role: "v4peer",
      identity: IDENTITY,
      versions: { lowest: 1, highest: 1 },
      software: "test 1",
      invite: "please",
    });
    expect(hear(WELCOME, 1)).toEqual([{ kind: "opened", welcome: WELCOME }]);
    expect([connection.state, connection.welcome]).toEqual(["open", WELCOME]);
  });

  test("nothing can be sent before the welcome or after the loss", () => {
    const ping: Message = { type: "ping", id: 1 };
    connection.advance(0);
    connection.connected(EXPORTER, 0);
    expect(connection.send(ping, 0)).toEqual([]);
    hear(WELCOME, 0);
    expect(said(connection.send(ping, 0))).toEqual([ping]);
    connection.closed(undefined, 10);
    expect(connection.send(ping, 0)).toEqual([]);
  });

  test.each<[string, Message]>([
    ["another message before the welcome", { type: "registered", role: "v4peer", address: "192.0.2.7", port: 1 }],
    ["a version that was not requested", { ...WELCOME, version: 2 }],
  ])("%s is refused, and the connection closed", (_, message) => {
    connection.advance(0);
    connection.connected(EXPORTER, 0);
    const outputs = hear(message, 0);
    expect(kinds(outputs)).toEqual(["unusable", "send", "send", "disconnect", "lost"]);
    expect(said(outputs)).toMatchObject([{ code: "out-of-order" }, { type: "goodbye", reason: "refused" }]);
    expect(lost(outputs).cause).toBe("protocol");
  });

  test("a second welcome is refused", () => {
    open();
    expect(lost(hear(WELCOME, 1)).cause).toBe("protocol");
  });

  test("if the coordinator says why it refuses, the peer does not retry soon", () => {
    connection.advance(0);
    connection.connected(EXPORTER, 0);
    hear({ type: "error", code: "not-enrolled", message: "Ask Ann.", temporary: false, regarding: "hello" }, 0);
    const outputs = hear({ type: "goodbye", reason: "refused" }, 0);
    expect(lost(outputs)).toMatchObject({ cause: "refused", code: "not-enrolled", message: "Ask Ann." });
    expect(lost(outputs).retryMs).toBeGreaterThanOrEqual(60_000);
  });

  test("a refusal also counts if the connection simply ends", () => {
    connection.advance(0);
    connection.connected(EXPORTER, 0);
    hear({ type: "error", code: "full", message: "No room.", temporary: true, retryAfter: 20 }, 0);
    expect(lost(connection.closed(undefined, 0))).toMatchObject({ cause: "refused", code: "full", retryMs: 25_000 });
  });

  test("without a welcome in time the attempt fails", () => {
    connection.advance(0);
    connection.connected(EXPORTER, 0);
    expect(connection.advance(14_999)).toEqual([]);
    expect(lost(connection.advance(15_000)).cause).toBe("timeout");
  });
});

describe("keep-alive", () => {
  test("sends a ping after each silent period and gives up after three", () => {
    open(0);
    expect(connection.nextDeadline()).toBe(30_000);
    expect(said(connection.advance(30_000))).toEqual([{ type: "ping", id: 1 }]);
    expect(said(connection.advance(60_000))).toEqual([{ type: "ping", id: 2 }]);
    const outputs = connection.advance(90_000);
    expect(said(outputs)).toEqual([{ type: "goodbye", reason: "silent" }]);
    expect(lost(outputs).cause).toBe("silent");
  });

  test("any received message counts as a sign of life", () => {
    open(0);
    connection.advance(30_000);
    hear({ type: "pong", id: 1 }, 31_000);
    expect(connection.nextDeadline()).toBe(61_000);
  });

  test("answers pings", () => {
    open();
    expect(said(hear({ type: "ping", id: 99 }, 5))).toEqual([{ type: "pong", id: 99 }]);
  });
});

describe("coming back", () => {
  test("doubles the wait after each failure, up to twenty seconds", () => {
    const waits: number[] = [];
    let now = 0;
    for (let attempt = 0; attempt < 8; attempt++) {
      expect(kinds(connection.advance(now))).toEqual(["connect"]);
      const { retryMs } = lost(connection.closed("Connection refused.", now));
      waits.push(retryMs);
      expect(connection.nextDeadline()).toBe(now + retryMs);
      now += retryMs;
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000]);
  });

  test("jitter spreads the wait from half to one and a half times", () => {
    word = 0;
    connection.advance(0);
    expect(lost(connection.closed(undefined, 0)).retryMs).toBe(500);
    word = -1;
    connection.advance(500);
    expect(lost(connection.closed(undefined, 500)).retryMs).toBe(3000);
  });

  test("a connection that lasted resets the wait to one second; one that broke at once does not", () => {
    open(0);
    expect(lost(connection.closed(undefined, 4_999)).retryMs).toBe(1000);
    let now = connection.nextDeadline();
    open(now);
    expect(lost(connection.closed(undefined, now + 4_999)).retryMs).toBe(2000);
    now = connection.nextDeadline();
    open(now);
    expect(lost(connection.closed(undefined, now + 5_000)).retryMs).toBe(1000);
  });

  test("it opens again with a new welcome, so that the peer registers again", () => {
    open(0);
    connection.closed(undefined, 10_000);
    expect(kinds(open(connection.nextDeadline()))).toEqual(["opened"]);
    expect(connection.counters).toMatchObject({ attempts: 2, opened: 2 });
  });

  test("waits as long as the coordinator's goodbye asks, and closes", () => {
    open(0);
    const outputs = hear({ type: "goodbye", reason: "restart", reconnectAfter: 120 }, 10_000);
    expect(kinds(outputs)).toEqual(["disconnect", "lost"]);
    expect(lost(outputs)).toMatchObject({ cause: "goodbye", retryMs: 150_000, goodbye: { reason: "restart" } });
  });

  test("two programs with one identity do not replace each other every second", () => {
    open(0);
    expect(lost(hear({ type: "goodbye", reason: "replaced" }, 10_000)).retryMs).toBeGreaterThanOrEqual(60_000);
  });

  test("input after a goodbye or after the loss is ignored", () => {
    open(0);
    const pong: Message = { type: "pong", id: 1 };
    const both = [encodeFrame({ type: "goodbye", reason: "restart" }), encodeFrame({ type: "ping", id: 2 })];
    const bytes = Uint8Array.from(both.flatMap((each) => [...each]));
    expect(kinds(connection.receiveBytes(bytes, 1))).toEqual(["disconnect", "lost"]);
    expect(hear(pong, 2)).toEqual([]);
    expect(connection.closed(undefined, 3)).toEqual([]);
  });
});

describe("a coordinator that violates the protocol", () => {
  const frame = (text: string) => {
    const json = new TextEncoder().encode(text);
    return Uint8Array.of(0, 0, json.length >> 8, json.length, ...json);
  };

  test.each([
    ["malformed JSON", "{", "malformed-json"],
    ["no object", "[]", "not-an-object"],
    ["an unknown type", '{"type":"teleport"}', "unknown-type"],
    ["a message for the other direction", '{"type":"get-prefixes"}', "wrong-way"],
    ["a wrong field", '{"type":"ping","id":-1}', "invalid-message"],
  ])("%s is answered with an error, and the connection continues", (_, text, code) => {
    open();
    const outputs = connection.receiveBytes(frame(text), 1);
    expect(outputs[0]).toEqual({ kind: "unusable", code });
    expect(said(outputs)).toMatchObject([{ type: "error", code }]);
    expect(connection.state).toBe("open");
  });

  test("an error that is itself wrong is not answered", () => {
    open();
    expect(kinds(connection.receiveBytes(frame('{"type":"error"}'), 1))).toEqual(["unusable"]);
  });

  test("a frame that is too long ends the connection", () => {
    open();
    const outputs = connection.receiveBytes(Uint8Array.of(0, 1, 0, 1), 1);
    expect(said(outputs)).toMatchObject([{ code: "frame-too-long" }, { type: "goodbye", reason: "refused" }]);
    expect(lost(outputs).cause).toBe("protocol");
  });

  test("a hundred invalid messages end the connection", () => {
    open();
    for (let i = 0; i < 99; i++) connection.receiveBytes(frame("{"), 1);
    const outputs = connection.receiveBytes(frame("{"), 1);
    expect(said(outputs).at(-1)).toEqual({ type: "goodbye", reason: "too-many-errors" });
    expect(connection.counters.unusable).toBe(100);
  });

  test("a type that the coordinator does not know is not sent again on this connection", () => {
    open();
    hear({ type: "error", code: "unknown-type", message: "What?", temporary: false, regarding: "drain" }, 1);
    expect(connection.send({ type: "drain", within: 5 }, 0)).toEqual([]);
    connection.closed(undefined, 10_000);
    open(connection.nextDeadline());
    expect(connection.send({ type: "drain", within: 5 }, 0)).toHaveLength(1);
  });
});

describe("the end", () => {
  test("says goodbye, closes, and stays closed", () => {
    open();
    const outputs = connection.end({ reason: "shutdown" }, 1);
    expect(said(outputs)).toEqual([{ type: "goodbye", reason: "shutdown" }]);
    expect(kinds(outputs)).toEqual(["send", "disconnect"]);
    expect(connection.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
    expect(connection.closed(undefined, 1)).toEqual([]);
    expect(connection.advance(1e9)).toEqual([]);
  });

  test("without a connection, goodbye is not sent", () => {
    expect(connection.end({ reason: "shutdown" }, 1)).toEqual([]);
  });
});
