/** What goes into each Debian package. */

/** A program for people. */
export interface Program {
  readonly command: string;
  readonly section: 1 | 8;
  /** The workspace package whose `dist/bin.js` it is. */
  readonly from: string;
}

/** A Debian package of ours. */
export interface Recipe {
  readonly name: string;
  /** The workspace package whose version it has. */
  readonly versionOf: string;
  readonly programs: readonly Program[];
  /** Scripts besides the programs that are run as files of their own, below `packages/`. */
  readonly scripts: readonly string[];
  /** The example of the configuration file: workspace package, name of the example, name of its man page. */
  readonly example: { readonly from: string; readonly file: string; readonly page: string };
  /** Further examples: files below `packages/`. */
  readonly examples: readonly string[];
  readonly hasAddon: boolean;
}

export const RECIPES: readonly Recipe[] = [
  {
    name: "v6peer",
    versionOf: "v6peer-daemon",
    programs: [
      { command: "v6peerd", section: 8, from: "v6peer-daemon" },
      { command: "v6peer", section: 1, from: "v6peer-cli" },
    ],
    scripts: ["v6peer-daemon/dist/data-path/worker-thread/worker.js"],
    example: { from: "v6peer-daemon", file: "v6peer.example.toml", page: "v6peer.toml" },
    examples: ["v6peer-daemon/alerts/v6peerd.rules.yml"],
    hasAddon: true,
  },
  {
    name: "v4peer",
    versionOf: "v4peer-daemon",
    programs: [{ command: "v4peer", section: 8, from: "v4peer-daemon" }],
    scripts: ["v4peer-daemon/dist/data-path/worker-thread/worker.js"],
    example: { from: "v4peer-daemon", file: "v4peer.example.toml", page: "v4peer.toml" },
    examples: [],
    hasAddon: true,
  },
  {
    name: "nat64-coordinator",
    versionOf: "coordinator",
    programs: [{ command: "nat64-coordinator", section: 8, from: "coordinator" }],
    scripts: [],
    example: { from: "coordinator", file: "coordinator.example.toml", page: "nat64-coordinator.toml" },
    examples: [],
    hasAddon: true,
  },
];

/** Debian architectures, and what each is called by npm and by GNU. */
export interface Architecture {
  readonly debian: string;
  readonly npm: string;
  readonly compiler: string;
}

export const ARCHITECTURES: readonly Architecture[] = [
  { debian: "amd64", npm: "x64", compiler: "x86_64-linux-gnu-gcc" },
  { debian: "arm64", npm: "arm64", compiler: "aarch64-linux-gnu-gcc" },
];
