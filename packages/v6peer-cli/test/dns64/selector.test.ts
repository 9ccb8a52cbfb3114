import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Candidate } from "../../src/commands/dns64/candidates.ts";
import { PrefixSelector } from "../../src/commands/dns64/selector.ts";
import type { Probe } from "../../src/shared-prefixes/probe.ts";

const RULES = { active: 2, interval: 10_000, failures: 3, successes: 2, over: 20_000 };
const UP: Probe = { health: "up", rtt: 1 };
const DOWN: Probe = { health: "down", reason: "no answer" };

const candidate = (name: string): Candidate => ({ nat64Prefix: name, origin: "trusted", peer: "a".repeat(32) });
const ALL = ["own", "second", "third"].map(candidate);

/** A selector in virtual time, and a world in which some prefixes are dead. */
class World {
  readonly selector: PrefixSelector;
  readonly dead: Set<string> = new Set();
  readonly events: string[] = [];
  probes = 0;
  now = 0;

  constructor(candidates = ALL, rules = RULES) {
    this.selector = new PrefixSelector(rules, candidates, 0);
  }

  /** Lets so many seconds go by. */
  pass(seconds: number): this {
    for (
      const end = this.now + seconds * 1000;
      this.now < end;
      this.now = Math.min(end, this.selector.nextDeadline())
    ) {
      for (const { nat64Prefix } of this.selector.takeDue(this.now)) {
        this.probes++;
        const probe = this.dead.has(nat64Prefix) ? DOWN : UP;
        const changes = this.selector.note(nat64Prefix, probe, this.now);
        this.events.push(...changes.map(({ event }) => `${nat64Prefix} ${event}`));
      }
    }
    return this;
  }

  get chosen(): string {
    return this.selector.chosen.map(({ nat64Prefix }) => nat64Prefix).join(" ");
  }
}

describe("the choice of prefixes", () => {
  it("takes the preferred ones of those that work", () => {
    expect(new World().pass(1).chosen).toBe("own second");
    const world = new World();
    world.dead.add("own");
    expect(world.pass(30).chosen).toBe("second third");
  });

  it("waits until every candidate is decided", () => {
    const world = new World();
    world.dead.add("second");
    expect(world.pass(1).selector.isDecided).toBe(false);
    expect(world.chosen).toBe("");
    expect(world.pass(10).chosen).toBe("own third");
  });

  it("lets the next one in when one dies, and gives the place back when that one lives again", () => {
    const world = new World().pass(60);
    world.dead.add("own");
    world.pass(60);
    expect(world.chosen).toBe("second third");
    expect(world.selector.withdrawn).toEqual(["own"]);
    world.dead.clear();
    world.pass(60);
    expect(world.chosen).toBe("own second");
    expect(world.selector.withdrawn).toEqual(["third"]);
    expect(world.events.slice(3)).toEqual(["own left", "own returned"]);
  });

  it("keeps those that worked last when none works any more", () => {
    const world = new World().pass(60);
    for (const { nat64Prefix } of ALL) world.dead.add(nat64Prefix);
    world.pass(60);
    expect(world.chosen).not.toBe("");
    expect(world.selector.isHealthy).toBe(false);
  });

  it("takes the preferred ones when none ever worked", () => {
    const world = new World();
    for (const { nat64Prefix } of ALL) world.dead.add(nat64Prefix);
    expect(world.pass(60).chosen).toBe("own second");
    expect(world.selector.isHealthy).toBe(false);
  });

  it("drops who is no candidate any more at once, whether others work or not", () => {
    const world = new World().pass(60);
    for (const { nat64Prefix } of ALL) world.dead.add(nat64Prefix);
    world.pass(60);
    const changes = world.selector.setCandidates([candidate("own")], world.now);
    expect(changes.map(({ event, candidate: { nat64Prefix } }) => `${nat64Prefix} ${event}`)).toEqual([
      "second gone",
      "third gone",
    ]);
    expect(world.chosen).not.toMatch(/second|third/);
    world.selector.setCandidates([], world.now);
    expect(world.chosen).toBe("");
  });

  it("lets who is new in only after it has proved itself", () => {
    const world = new World([candidate("second")]).pass(60);
    world.selector.setCandidates([candidate("own"), candidate("second")], world.now);
    expect(world.pass(9).chosen).toBe("second");
    expect(world.pass(40).chosen).toBe("own second");
  });

  it("probes no candidate more often than every two seconds, and a good one every ten", () => {
    const world = new World().pass(1);
    world.probes = 0;
    expect(world.pass(600).probes).toBeLessThanOrEqual(3 * 61);
    for (const { nat64Prefix } of ALL) world.dead.add(nat64Prefix);
    world.probes = 0;
    // Three in quick succession, then each at its interval.
    expect(world.pass(600).probes).toBeLessThanOrEqual(3 * 64);
  });

  it("never holds more than it may, nor anybody who is no candidate, whatever happens", () => {
    const step = fc.record({
      dead: fc.subarray(["own", "second", "third"]),
      there: fc.subarray(ALL),
      seconds: fc.nat(90),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const world = new World();
        for (const { dead, there, seconds } of steps) {
          world.dead.clear();
          for (const each of dead) world.dead.add(each);
          world.selector.setCandidates(there, world.now);
          world.pass(seconds);
          const { chosen } = world.selector;
          expect(chosen.length).toBeLessThanOrEqual(RULES.active);
          for (const each of chosen) expect(there).toContain(each);
          if (world.selector.isHealthy && world.selector.isDecided) expect(chosen.length).toBeGreaterThan(0);
          expect(world.selector.withdrawn.length).toBeLessThanOrEqual(8);
        }
      }),
      { numRuns: 100 },
    );
  });
});
