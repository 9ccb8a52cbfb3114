/**
 * How long the data path stands still at the most: an engine full of sessions under mixed load, while the things happen
 * that touch many sessions at once. Method: batches of 128 packets as a daemon reads them, on a clock of its own that goes
 * on by 128 µs for each (a million packets a second), `advance` when it is due. Each call into the engine is timed; what
 * counts is the longest. The first phase also holds the compiler's warming up.
 */
import { createEngine, ExitPolicy } from "../dist/index.js";
import { Pauses, watchGarbage } from "./pauses.mjs";
import { FLAG, ScaleTraffic, SELECTOR, TEREDO } from "./scale-traffic.mjs";

const BATCH = 128;
/** Milliseconds that a batch stands for. */
const STEP = 0.128;
/** Batches of load in a phase that is not over by itself. */
const LOAD = 4000;
/** Records that one look at the session table takes up: what the daemon asks for. */
const LISTED = 1000;
const EXIT = 1;

/** Runs all phases. @param sessions size of the session table @param tell hears of progress @returns one row per kind of call */
export async function measureScale(sessions, tell) {
  const bench = new Scale(sessions, tell);
  await bench.phase("fill the table", () => bench.fill());
  await bench.phase("mixed load", () => bench.load(LOAD));
  await bench.phase("list all sessions", () => bench.list());
  await bench.phase("exits come and go", () => bench.changeExits());
  for (const [what, changes] of reloads(sessions)) await bench.phase(`reload: ${what}`, () => bench.reload(changes));
  await bench.phase("end an exit with half of them", () => bench.endExit());
  await bench.phase("everything expires in one second", () => bench.expireAll());
  await bench.phase("fill again, all closed TCP", () => bench.fillWithClosed());
  await bench.phase("new connections take back closed ones", () => bench.takeBack());
  return bench.rows;
}

/** What may change in a configuration while sessions go on, one thing after the other. */
function reloads(sessions) {
  return [
    ["nothing", {}],
    ["a timer", { timers: { udp: 240 } }],
    ["caps for /48 and /64", { caps: { 64: { sessions: 100_000 }, 48: { sessions: 10_000_000 } } }],
    ["filtering", { filtering: "address-dependent" }],
    ["a larger pool", { pool: [{ address: "203.0.113.0/26" }] }],
    ["more client prefixes", { tables: { sessions, clients: (sessions >> 2) + 1000 } }],
  ];
}

class Scale {
  rows = [];
  #tell;
  #traffic;
  #config;
  #engine;
  #now = 0;
  #due = 0;
  #pauses = new Map();
  #garbage = watchGarbage();

  constructor(sessions, tell) {
    this.#tell = tell;
    this.#traffic = new ScaleTraffic(sessions);
    this.#config = {
      mode: "stateful",
      ownAddresses: { ipv6: "2001:db8:64:0:0:ffff:0:1", ipv4: "192.0.2.1" },
      prefixes: ["2001:db8:6400::/96"],
      pool: [{ address: "203.0.113.0/27" }],
      peerExits: { pool: "2001:db8:64::/80" },
      tables: { sessions },
      allowSpecialPurpose: true,
    };
    this.#engine = createEngine(this.#config, { random: this.#traffic.random, now: 0 });
    this.#addExit(EXIT, SELECTOR, TEREDO);
  }

  async phase(name, run) {
    this.#tell(name);
    await this.#garbage();
    this.#pauses.clear();
    run();
    const garbage = await this.#garbage();
    for (const [call, pauses] of this.#pauses) this.rows.push({ phase: name, call, ...pauses.summary(), garbage });
  }

  /** Makes a session of each flow; TCP ones are open afterwards. */
  fill() {
    const traffic = this.#traffic;
    for (let first = 0; first < traffic.flows; first += BATCH) {
      const count = Math.min(BATCH, traffic.flows - first);
      const flowOf = (i) => first + i;
      traffic.fromClients(count, flowOf, FLAG.syn);
      this.#round();
      traffic.learn(flowOf);
      traffic.fromServers(count, flowOf, FLAG.syn);
      this.#round();
    }
    this.#expect(traffic.flows);
  }

  /** Packets of sessions picked at random, in turn from both sides. */
  load(batches, each = () => {}) {
    const traffic = this.#traffic;
    for (let batch = 0; batch < batches; batch++) {
      if (batch % 2 === 0) traffic.fromClients(BATCH, traffic.anyFlow);
      else traffic.fromServers(BATCH, traffic.anyFlow);
      this.#round();
      each(batch);
    }
  }

  list() {
    let from = 0;
    while (from >= 0) {
      from = this.#timed("listSessions", () => this.#engine.listSessions(from, LISTED, this.#now).next);
      this.load(1);
    }
  }

  /** Other exits are added and taken away, one of each every few batches; the mapping of the busy one moves. */
  changeExits() {
    const { exits } = this.#engine;
    this.load(LOAD, (batch) => {
      const place = 2 + ((batch >> 3) % 31);
      if (batch % 8 === 0 && !exits.isPresent(place)) {
        this.#timed("add an exit", () => this.#addExit(place, 100 + place, [0x20010000, place, 0x8000 << 16, -place]));
      } else if (batch % 8 === 4) {
        this.#timed("remove an exit", () => exits.remove(place));
        this.#timed("move an exit", () => exits.setTeredo(EXIT, TEREDO));
      }
    });
  }

  reload(changes) {
    this.#config = { ...this.#config, ...changes };
    const { sessions } = this.#engine.counters;
    this.#timed("createEngine", () => {
      const { random } = this.#traffic;
      this.#engine = createEngine(this.#config, { random, now: this.#now, continues: this.#engine });
    });
    this.#due = 0;
    this.load(LOAD);
    if (this.#engine.isMigrating) throw new Error("the sessions have not been taken over");
    this.#expect(sessions);
  }

  endExit() {
    const before = this.#engine.counters.sessions;
    this.#engine.endExit(EXIT);
    this.#due = 0;
    for (let batches = 0; this.#engine.isEndingExit(EXIT); batches++) {
      if (batches > 1e6) throw new Error("the exit does not end");
      this.load(1);
    }
    this.#engine.exits.remove(EXIT);
    if (this.#engine.counters.sessions > before * 0.6) throw new Error("the sessions of the exit are still there");
  }

  /** All timers lie within one second when each session was refreshed just before. */
  expireAll() {
    const traffic = this.#traffic;
    for (let first = 0; first < traffic.flows >> 1; first += BATCH) {
      traffic.fromClients(BATCH, (i) => first + i);
      this.#engine.process(traffic.input, 0, traffic.output, this.#now);
    }
    // TCP sessions are probed first and end a transitory lifetime later.
    for (const later of [8_000_000, 300_000]) {
      this.#now += later;
      this.#due = 0;
      for (let batches = 0; this.#due <= this.#now || batches < 100; batches++) {
        if (batches > 1e6) throw new Error("the sessions do not expire");
        traffic.input.count = 0;
        this.#round();
      }
    }
    this.#expect(0);
  }

  /** Connections that were opened and closed at once fill the whole table. */
  fillWithClosed() {
    const traffic = this.#traffic;
    this.#addExit(EXIT, SELECTOR, TEREDO);
    const tcpOf = (i) => i * 4 + 3;
    const connections = traffic.flows >> 3;
    for (let first = 0; first < connections; first += BATCH) {
      const flowOf = (i) => tcpOf((first + i) % connections);
      traffic.fromClients(BATCH, flowOf, FLAG.syn);
      this.#round();
      traffic.learn(flowOf);
      traffic.fromServers(BATCH, flowOf, FLAG.syn);
      this.#round();
      traffic.fromClients(BATCH, flowOf, FLAG.rst);
      this.#round();
    }
  }

  takeBack() {
    const traffic = this.#traffic;
    const udpOf = (n) => (Math.floor(n / 3) % (traffic.flows >> 2)) * 4 + (n % 3);
    for (let n = 0; n < traffic.flows; n += BATCH) {
      traffic.fromClients(BATCH, (i) => udpOf(n + i), FLAG.syn);
      this.#round();
    }
  }

  /** What a daemon does between two waits. */
  #round() {
    const { input, output } = this.#traffic;
    this.#now += STEP;
    if (this.#now >= this.#due) {
      this.#due = this.#now + this.#timed("advance", () => this.#engine.advance(output, this.#now));
    }
    if (input.count === 0) return;
    let from = 0;
    while (from < input.count) {
      from = this.#timed("process", () => this.#engine.process(input, from, output, this.#now));
    }
  }

  #timed(call, run) {
    const pauses = this.#pauses.get(call) ?? new Pauses();
    this.#pauses.set(call, pauses);
    return pauses.time(run);
  }

  #addExit(place, selector, teredo) {
    const published = new ExitPolicy([]);
    this.#engine.exits.add(place, {
      selector,
      teredo,
      firstPort: 1024,
      ports: 64_512,
      weight: 1,
      automatic: false,
      pinnable: true,
      published,
    });
    this.#engine.exits.setUp(place, true);
  }

  #expect(sessions) {
    const { counters } = this.#engine;
    if (counters.sessions === sessions) return;
    throw new Error(
      `${counters.sessions} sessions instead of ${sessions}; drops: ${JSON.stringify(counters.dropsByReason())}`,
    );
  }
}

/** The rows as a table for people, times in milliseconds. */
export function formatScale(rows) {
  const number = (n) => n.toFixed(3).padStart(9);
  const lines = rows.map(({ phase, call, calls, p50, p99, p999, max, garbage }) =>
    [
      phase.padEnd(40),
      call.padEnd(14),
      String(calls).padStart(7),
      ...[p50, p99, p999, max].map(number),
      number(garbage.longest),
    ].join(" "),
  );
  const head = ["calls", "p50", "p99", "p99.9", "max", "GC max"].map((text) => text.padStart(9)).join(" ");
  return `${"milliseconds".padEnd(53)}${head}\n${lines.join("\n")}\n`;
}
