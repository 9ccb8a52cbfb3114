#!/usr/bin/env node
/**
 * The engine alone, in memory, on one core: packets per second each way, new sessions per second, garbage per packet,
 * bytes per session. Method: 52-byte UDP packets in batches of 128, each batch copied into place as a read would do
 * (the copy is counted); five rounds of each, the median is shown.
 */
import { setFlagsFromString } from "node:v8";
import { createBatch, createEngine, RESERVE } from "../dist/index.js";
import { answerImage, ipv6Images, load } from "./flows.mjs";
import { HELP, readOptions } from "./options.mjs";
import { formatScale, measureScale } from "./scale.mjs";

const BATCH = 128;
/** Packets of one round of one direction. */
const PACKETS = 2_000_000;
/** Sessions of one round at least, in as many engines as it takes. */
const SESSIONS = 400_000;
const options = readOptions(process.argv.slice(2));
if ("problem" in options) end(options.problem, 2);
if (options.help) {
  process.stdout.write(`engine.mjs [OPTIONS]: measures the engine alone, in memory, on one core\n\n${HELP}`);
  process.exit(0);
}
const { rounds } = options;
setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${options.inline}`);
try {
  const results = options.scale ? await measureScale(options.sessions, progress) : options.flows.map(measure);
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ bench: options.scale ? "engine-scale" : "engine", node: process.version, results }, null, 2)}\n`,
    );
  } else if (options.scale) process.stdout.write(formatScale(results));
  else for (const result of results) print(result);
} catch (error) {
  end(error.message, 1);
}

function end(text, code) {
  process.stderr.write(`bench: ${text}\n`);
  process.exit(code);
}

function config(flows) {
  return {
    mode: "stateful",
    ownAddresses: { ipv6: "2001:db8:6400:0:0:ffff:0:1", ipv4: "192.0.2.1" },
    prefixes: ["2001:db8:6400::/96"],
    pool: [{ address: flows > 100_000 ? "203.0.113.0/27" : "203.0.113.0/30" }],
    tables: { sessions: flows },
    allowSpecialPurpose: true,
  };
}

function measure(flows) {
  progress(`${flows.toLocaleString("en")} flows: preparing`);
  const random = seededRandom();
  const bytes = new Uint8Array(BATCH * 128 + RESERVE);
  const input = createBatch(bytes, BATCH);
  const output = createBatch(bytes, BATCH + 64);
  const images = ipv6Images(flows, BATCH);
  const answers = [];
  const created = [];
  let engine;
  let rss = 0;
  for (let round = 0; round < rounds; round++) {
    let spent = 0;
    let sessions = 0;
    while (sessions < SESSIONS) {
      engine = undefined;
      globalThis.gc?.();
      const before = process.memoryUsage().rss;
      engine = createEngine(config(flows), { random });
      const start = performance.now();
      for (const image of images) {
        load(input, image);
        run(engine, input, output, 0);
      }
      spent += performance.now() - start;
      rss ||= process.memoryUsage().rss - before;
      sessions += engine.counters.sessions;
      if (engine.counters.sessions !== flows)
        throw new Error(`${engine.counters.sessions} sessions instead of ${flows}`);
    }
    created.push((sessions / spent) * 1000);
  }
  for (const image of images) {
    load(input, image);
    run(engine, input, output, 1000);
    answers.push(answerImage(output, BATCH));
  }
  progress("packets each way");
  const out = [];
  const back = [];
  let garbage = 0;
  for (let round = 0; round < rounds; round++) {
    const heap = process.memoryUsage().heapUsed;
    out.push(rate(engine, input, output, images));
    back.push(rate(engine, input, output, answers));
    garbage = Math.max(0, process.memoryUsage().heapUsed - heap);
  }
  const drops = engine.counters.dropsByReason();
  if (Object.keys(drops).length > 0) throw new Error(`packets were dropped: ${JSON.stringify(drops)}`);
  return {
    flows,
    packetsPerSecond6to4: median(out),
    packetsPerSecond4to6: median(back),
    newSessionsPerSecond: median(created),
    rssBytesPerSession: rss / flows,
    heapBytesPerPacket: garbage / (2 * PACKETS),
    rounds,
  };
}

/** Sends the images through until enough packets went by, and returns packets per second. */
function rate(engine, input, output, images) {
  let packets = 0;
  const start = performance.now();
  while (packets < PACKETS) {
    for (let i = 0; i < images.length && packets < PACKETS; i++) {
      load(input, images[i]);
      run(engine, input, output, 2000);
      packets += output.count;
    }
  }
  return (packets / (performance.now() - start)) * 1000;
}

function run(engine, input, output, now) {
  const next = engine.process(input, 0, output, now);
  if (next !== input.count || output.count !== input.count) {
    throw new Error(
      `${output.count} of ${input.count} packets came out: ${JSON.stringify(engine.counters.dropsByReason())}`,
    );
  }
}

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}

function seededRandom() {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state | 0;
  };
}

function progress(text) {
  process.stderr.write(`${text} …\n`);
}

function print(result) {
  const millions = (n) => `${(n / 1e6).toFixed(2)} M/s`;
  process.stdout.write(
    [
      `${result.flows.toLocaleString("en")} flows, median of ${result.rounds} rounds`,
      `  packets 6→4       ${millions(result.packetsPerSecond6to4)}`,
      `  packets 4→6       ${millions(result.packetsPerSecond4to6)}`,
      `  new sessions      ${millions(result.newSessionsPerSecond)}`,
      `  RSS per session   ${result.rssBytesPerSession.toFixed(0)} B`,
      `  heap per packet   ${result.heapBytesPerPacket.toFixed(3)} B`,
      "",
    ].join("\n"),
  );
}
