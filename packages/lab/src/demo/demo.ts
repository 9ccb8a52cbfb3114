import type { Lab } from "../netns/lab.ts";

/** Something to show. */
export interface Demo {
  /** Said before it comes up. */
  readonly opening: string;
  /** Brings it up. Whatever fails, nothing stays behind. */
  bringUp(): Promise<RunningDemo>;
}

/** Something to show that is up. */
export interface RunningDemo {
  readonly lab: Lab;
  /** What is up: a drawing, and who has which address. */
  readonly picture: string;
  readonly steps: readonly Step[];
  /** Commands to look at it with, each with what it shows, for a lab that stays up. */
  readonly commands: Readonly<Record<string, string>>;
}

/** A step moves real packets and returns, in plain words, what happened. It throws an error with a plain reason otherwise. */
export interface Step {
  readonly title: string;
  run(): Promise<string>;
}
