/** Files of DNS servers that `v6peer dns64` reads back and writes, whole or between its markers. */
import { UsageError } from "@nat64/daemon-kit/command-line";
import { type Dns64Plan, HEADER, MARKERS, managedText, rememberedIn, SERVERS } from "@nat64/v6peer-cli/dns64-file";
import { mutateLines } from "../input/mutate-lines.ts";
import { bytesOfText, textOf } from "../input/text.ts";
import { mustHold, type Target } from "../target.ts";

const PEER = "a".repeat(32);
const PLAN: Dns64Plan = {
  prefixes: ["2001:db8:64::/96"],
  withdrawn: ["2001:db8:65::/96"],
  isLab: true,
  interface: "eth0",
};
const SEEDS = [
  `${HEADER} Your changes here will be lost.\n# ${PEER} has 2001:db8:66::/80\nserver:\n`,
  `options {\n    directory "/var/cache/bind";\n    ${MARKERS.begin}\n    old;\n    ${MARKERS.end}\n};\n`,
  `server:\n  # another program's\n`,
  `${MARKERS.end}\n${MARKERS.begin}\n`,
  "",
];

export const target: Target = {
  maxBytes: 2000,
  seeds: SEEDS.map(bytesOfText),
  mutate: mutateLines,
  run(input) {
    const before = textOf(input);
    const remembered = [...rememberedIn(before, true)].map(([peer, prefix]) => `# ${peer} has ${prefix}`);
    for (const server of Object.values(SERVERS)) {
      const content = {
        whole: () => [...remembered, ...server.whole(PLAN)],
        part: () => [...remembered, ...server.part(PLAN)],
      };
      const after = attempt(() => managedText("file", before, content));
      if (after === undefined) continue;
      mustHold(managedText("file", after, content) === after, "writing twice changes nothing");
      const again = [...rememberedIn(after, true).keys()];
      mustHold(
        remembered.every((line) => again.includes(line.split(" ")[1])),
        "what is remembered is read back",
      );
      mustKeepTheRest(before, after);
    }
  },
};

/** In somebody else's file, all lines outside of the markers stay. */
function mustKeepTheRest(before: string, after: string): void {
  if (after.startsWith(HEADER)) return;
  const lines = after.split("\n");
  const first = lines.findIndex((line) => line.includes(MARKERS.begin));
  mustHold(before.startsWith(lines.slice(0, first + 1).join("\n")), "the lines before the marker stay");
  const last = lines.findIndex((line, at) => at > first && line.includes(MARKERS.end));
  mustHold(before.endsWith(lines.slice(last).join("\n")), "the lines after the marker stay");
}

function attempt<T>(write: () => T): T | undefined {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return undefined;
  }
}
