import type { Lab } from "../netns/lab.ts";

/** A demo. */
export interface Demo {
  /** The text before it starts. */
  readonly opening: string;
  /** Starts it. If anything fails, nothing is left behind. */
  bringUp(): Promise<RunningDemo>;
}

/** A running demo. */
export interface RunningDemo {
  readonly lab: Lab;
  /** A drawing of the hosts, with their addresses. */
  readonly picture: string;
  readonly steps: readonly Step[];
  /** Commands to inspect it, each with a title, for a lab that stays up. */
  readonly commands: Readonly<Record<string, string>>;
}

/** A step moves real packets and returns, in plain words, what happened. It throws an error with a plain reason otherwise. */
export interface Step {
  readonly title: string;
  run(): Promise<string>;
}
