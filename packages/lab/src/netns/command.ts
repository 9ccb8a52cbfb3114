import { spawn, spawnSync } from "node:child_process";

/** How a command ended. */
export interface Outcome {
  /** The exit code, or `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of one command. */
export interface CommandOptions {
  /** Milliseconds after which the command is killed; its outcome then carries the signal. Default 60,000. */
  readonly timeout?: number;
  /** Text for its standard input. */
  readonly input?: string;
}

/** A command ended with an exit code other than 0. The message contains the command line and its output. */
export class CommandFailed extends Error {
  readonly outcome: Outcome;

  constructor(argv: readonly string[], outcome: Outcome) {
    const ending = outcome.signal ? `was ended by ${outcome.signal}` : `failed with exit code ${outcome.code}`;
    super(`"${argv.join(" ")}" ${ending}: ${(outcome.stderr.trim() || outcome.stdout.trim()).slice(0, 2000)}`);
    this.name = "CommandFailed";
    this.outcome = outcome;
  }
}

/** Runs a command to its end and returns the outcome. Rejects only if it cannot be started. */
export function run(argv: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  const { timeout = 60_000, input } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { timeout, killSignal: "SIGKILL" });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", () => {}); // a command need not read its input
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}

/** Runs a command that must succeed, and returns its output. Throws {@link CommandFailed} otherwise. */
export async function must(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const outcome = await run(argv, options);
  if (outcome.code !== 0) throw new CommandFailed(argv, outcome);
  return outcome.stdout;
}

/** Runs a short command synchronously and returns its output. Ignores failures. For cleaning up on exit. */
export function tryNow(argv: readonly string[]): string {
  return spawnSync(argv[0], argv.slice(1), { encoding: "utf8", timeout: 10_000 }).stdout ?? "";
}
