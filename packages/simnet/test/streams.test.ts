import { describe, expect, it } from "vitest";
import { type BothWaysOptions, type Host, type NatOptions, Simulation, type Stream } from "../src/index.ts";
import { bytes, text, v4, v6 } from "./worlds.ts";

const SERVER = v4("192.0.2.1");
const SERVER_V6 = v6("2001:db8::1");
const PORT = 443;

/** A server that answers each byte with its capital, and a client. */
function world(link: BothWaysOptions = {}, nat?: Partial<NatOptions>, seed = 1) {
  const simulation = new Simulation({ seed, streams: { timeoutMs: 30_000 } });
  const log: string[] = [];
  const serverStreams: Stream[] = [];
  const received: string[] = [];
  const serve = (host: Host): void => {
    host.listen(PORT, (stream) => {
      serverStreams.push(stream);
      return {
        onBytes: (chunk) => {
          received.push(text(chunk));
          stream.write(bytes(text(chunk).toUpperCase()));
        },
        onClose: (reason) => log.push(`server ${reason} ${simulation.now}`),
      };
    });
  };
  const server = simulation.addHost("server", { ipv4: [SERVER], ipv6: [{ address: SERVER_V6 }], link, start: serve });
  const home = nat && simulation.addNat("nat", { address: v4("198.51.100.1"), behaviour: "port-restricted", ...nat });
  const client = simulation.addHost("client", {
    ipv4: [v4("10.0.0.2")],
    ipv6: [{ address: v6("2001:db8::2") }],
    network: home?.inside ?? simulation.internet,
  });
  const answers: string[] = [];
  const connect = (address: number | Uint8Array = SERVER, port = PORT): Stream =>
    client.connect(address, port, {
      onOpen: () => log.push(`client open ${simulation.now}`),
      onBytes: (chunk) => answers.push(text(chunk)),
      onClose: (reason) => log.push(`client ${reason} ${simulation.now}`),
    });
  const run = (ms: number): void => simulation.run(simulation.now + ms);
  return { simulation, server, client, nat: home, connect, log, received, answers, serverStreams, run };
}

describe("a stream", () => {
  it.each([
    ["IPv4", SERVER],
    ["IPv6", SERVER_V6],
  ])("opens after a round trip, carries bytes both ways and closes in order, over %s", (_, address) => {
    const { simulation, client, server, connect, log, received, answers, serverStreams } = world({ latencyMs: 50 });
    const stream = connect(address);
    expect(stream.write(bytes("hello"))).toBe(true);
    simulation.run(220);
    stream.close();
    expect(received.join("")).toBe("hello");
    expect(answers.join("")).toBe("HELLO");
    simulation.runUntilIdle();
    expect(log).toEqual(["client open 100", "server closed 270"]);
    expect([client.streams, server.streams]).toEqual([0, 0]);
    expect(serverStreams[0].id).toBe(stream.id);
    expect(serverStreams[0].ends.remotePort).toBe(stream.ends.localPort);
    expect(stream.write(bytes("late"))).toBe(false);
  });

  it.each([
    [{ latencyMs: 20, loss: 0.15 }],
    [{ latencyMs: 20, jitterMs: 10, reorder: 0.3, reorderMs: 200 }],
    [{ latencyMs: 20, duplicate: 0.3, reorderMs: 100 }],
    [{ latencyMs: 20, jitterMs: 50, loss: 0.15, reorder: 0.2, duplicate: 0.2 }],
    [{ latencyMs: 20, bandwidth: 100_000, queueBytes: 5_000 }],
  ])("delivers all bytes once and in order over %j", (link) => {
    const { simulation, client, server, connect, received, answers, log } = world(link);
    const stream = connect();
    let written = "";
    for (let line = 0; line < 300; line++) {
      const sentence = `line ${line} ${"x".repeat((line * 37) % 2_000)};`;
      simulation.at(line * 10, () => stream.write(bytes(sentence)));
      written += sentence;
    }
    simulation.run(600_000);
    expect(log.length).toBe(1);
    expect(received.join("")).toBe(written);
    expect(answers.join("")).toBe(written.toUpperCase());
    expect(received.length).not.toBe(300);
    stream.close();
    simulation.runUntilIdle();
    expect([client.streams, server.streams]).toEqual([0, 0]);
    expect(log.length).toBe(2);
  });

  it("shows loss as latency: 200 round trips at 5 % loss take longer than without, and all come", () => {
    const durations = [0, 0.05].map((loss) => {
      const { simulation, client } = world({ latencyMs: 25, loss });
      let trips = 0;
      client.connect(SERVER, PORT, {
        onOpen: (stream) => stream.write(bytes("a")),
        onBytes: (_, stream) => (++trips < 200 ? stream.write(bytes("a")) : stream.close()),
      });
      simulation.runUntilIdle();
      expect(trips).toBe(200);
      return simulation.now;
    });
    expect(durations[0]).toBeLessThan(11_000);
    expect(durations[1]).toBeGreaterThan(12_000);
    expect(durations[1]).toBeLessThan(60_000);
  });

  it("is refused if no host listens", () => {
    const { simulation, connect, log } = world({ latencyMs: 50 });
    connect(SERVER, 80);
    simulation.runUntilIdle();
    expect(log).toEqual(["client refused 100"]);
  });

  it("gives up without an answer", () => {
    const { simulation, connect, log, server } = world();
    simulation.run(0);
    server.crash();
    connect();
    simulation.runUntilIdle();
    expect(log).toEqual(["client timeout 30000"]);
  });

  it("takes no more than a megabyte", () => {
    const { connect } = world();
    const stream = connect();
    expect(stream.write(new Uint8Array(1_000_000))).toBe(true);
    expect(stream.write(new Uint8Array(100_000))).toBe(false);
    expect(stream.buffered).toBe(1_000_000);
  });

  it("survives an outage shorter than its patience, and not a longer one", () => {
    const outcomes = [20_000, 40_000].map((duration) => {
      const { simulation, server, connect, log, answers, run } = world({ latencyMs: 10 });
      const stream = connect();
      run(1_000);
      server.link.outage(1_000, 1_000 + duration);
      simulation.at(2_000, () => stream.write(bytes("through")));
      simulation.runUntilIdle();
      return [answers.join(""), ...log.slice(1)];
    });
    expect(outcomes).toEqual([["THROUGH"], ["", "client timeout 32000"]]);
  });

  it("can also be closed by the accepting end, and refused while it is accepted", () => {
    const { simulation, server, client, connect, log, serverStreams, run } = world({ latencyMs: 10 });
    connect();
    run(100);
    serverStreams[0].close();
    run(100);
    server.listen(80, (stream) => {
      stream.reset();
      return { onOpen: () => log.push("never") };
    });
    connect(SERVER, 80);
    simulation.runUntilIdle();
    expect(log).toEqual(["client open 20", "client closed 110", "client open 220", "client reset 240"]);
    expect([client.streams, server.streams]).toEqual([0, 0]);
  });

  it("can be closed before it is open: written data arrives", () => {
    const { simulation, client, server, connect, received, log } = world({ latencyMs: 10, loss: 0.3 });
    const stream = connect();
    stream.write(bytes("short"));
    stream.close();
    simulation.runUntilIdle();
    expect(received.join("")).toBe("short");
    expect(log.map((line) => line.replace(/ \d+.*/, ""))).toEqual(["server closed"]);
    expect([client.streams, server.streams]).toEqual([0, 0]);
  });

  it("works between two sockets of one host", () => {
    const { simulation, server, received } = world();
    simulation.run(0);
    server.connect(SERVER, PORT, { onOpen: (stream) => stream.write(bytes("self")) });
    simulation.run(1_000);
    expect(received.join("")).toBe("self");
    expect(server.streams).toBe(2);
  });

  it("needs an address of the family, and a port that is free", () => {
    const { simulation, server } = world();
    simulation.run(0);
    const bare = simulation.addHost("bare", {});
    expect(() => bare.connect(SERVER, PORT, {})).toThrow("bare has no IPv4 address");
    expect(() => bare.connect(SERVER_V6, PORT, {})).toThrow("bare has no IPv6 address");
    expect(() => server.listen(PORT, () => ({}))).toThrow("listens on port 443 already");
  });
});

describe("a stream through a NAT", () => {
  it("works, and the server sees the NAT", () => {
    const { simulation, connect, answers, serverStreams, nat } = world({ latencyMs: 10, loss: 0.1 }, {});
    connect().write(bytes("hello"));
    simulation.run(60_000);
    expect(answers.join("")).toBe("HELLO");
    expect(serverStreams[0].ends.remoteAddress).toBe(nat!.address);
    expect(nat!.streamMappings).toBe(1);
    expect(nat!.udpMappings).toBe(0);
  });

  it("is reset after a reboot of the NAT, as soon as the inside sends", () => {
    const { simulation, connect, log, nat, run } = world({ latencyMs: 10 }, {});
    const stream = connect();
    run(1_000);
    nat!.reboot();
    run(60_000);
    expect(log).toEqual(["client open 20"]);
    stream.write(bytes("x"));
    simulation.runUntilIdle();
    expect(log.slice(1)).toEqual(["client reset 61020"]);
  });

  it("times out at the outside, when that sends after a reboot of the NAT", () => {
    const { simulation, connect, log, nat, serverStreams, run } = world({ latencyMs: 10 }, {});
    connect();
    run(1_000);
    nat!.reboot();
    serverStreams[0].write(bytes("x"));
    simulation.runUntilIdle();
    expect(log.slice(1)).toEqual(["server timeout 31000"]);
    expect(simulation.statistics().dropped["nat-no-mapping"]).toBeGreaterThan(5);
  });

  it("is lost in silence when its mapping times out", () => {
    const { simulation, connect, answers, serverStreams, log, run } = world({}, { streamTimeoutMs: 60_000 });
    connect();
    run(61_000);
    serverStreams[0].write(bytes("x"));
    simulation.runUntilIdle();
    expect(answers).toEqual([]);
    expect(log.slice(1)).toEqual(["server timeout 91000"]);
  });
});
