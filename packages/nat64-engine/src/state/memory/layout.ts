import { indexHeads } from "../../hash/hash-index.ts";
import { clientWords } from "../../limits/client-table.ts";
import { BINDING_WORDS } from "../bib/binding-table.ts";
import { REMOTE_WORDS } from "../filtering/remote-addresses.ts";
import { portWords } from "../ports/bitmap-sizes.ts";
import type { PoolAddress } from "../ports/pool-address.ts";
import { CROWD_WORDS } from "../sessions/session-crowd.ts";
import { SESSION_WORDS } from "../sessions/session-table.ts";
import { timerWheelWords } from "../timers/timer-wheel.ts";

/** The options that determine the size of the memory of a state. */
export interface Geometry {
  /** Sessions, and as many BIB entries. */
  readonly sessions: number;
  /** Client prefixes of all lengths. */
  readonly clients: number;
  /** Whether Address-Dependent Filtering needs its table. */
  readonly addressDependent: boolean;
  readonly pool: readonly PoolAddress[];
}

/** Where each table is in the buffer: words from its start, and number of words. */
export interface Layout {
  readonly bytes: number;
  readonly header: Section;
  /** The two sections that are kept in a used buffer. They and the header come first. */
  readonly sessions: Section;
  readonly bindings: Section;
  /** The rest is rebuilt from these. */
  readonly sessionIndex: Section;
  readonly clientIndexOfBindings: Section;
  readonly poolIndexOfBindings: Section;
  readonly timers: Section;
  readonly crowds: Section;
  readonly clients: Section;
  readonly clientIndex: Section;
  readonly remotes: Section;
  readonly remoteIndex: Section;
  readonly ports: Section;
}

/** The place of a table, in words. */
export interface Section {
  readonly start: number;
  readonly words: number;
}

/** Sections start on cache lines. */
const LINE_WORDS = 16;

/** Plans the place of every table. */
export function planLayout(geometry: Geometry): Layout {
  const { sessions, clients, addressDependent, pool } = geometry;
  let end = 0;
  const section = (words: number): Section => {
    const start = end;
    end += Math.ceil(words / LINE_WORDS) * LINE_WORDS;
    return { start, words };
  };
  const layout = {
    header: section(LINE_WORDS),
    sessions: section((sessions + 1) * SESSION_WORDS),
    bindings: section(sessions * BINDING_WORDS),
    sessionIndex: section(indexHeads(sessions)),
    clientIndexOfBindings: section(indexHeads(sessions)),
    poolIndexOfBindings: section(indexHeads(sessions)),
    timers: section(timerWheelWords(sessions)),
    crowds: section(sessions * CROWD_WORDS),
    clients: section(clientWords(clients)),
    clientIndex: section(indexHeads(clients)),
    remotes: section(addressDependent ? sessions * REMOTE_WORDS : 0),
    remoteIndex: section(addressDependent ? indexHeads(sessions) : 0),
    ports: section(portWords(pool)),
  };
  return { bytes: end * 4, ...layout };
}
