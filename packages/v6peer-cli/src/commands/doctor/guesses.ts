/** What `check` has to guess, or to say in general, and something else knows better. */
import type { Finding } from "@nat64/v6peer-daemon/check";

/** Codes of what settles it, whatever their severity, and those of `check` that have nothing to add then. */
interface Settled {
  readonly by: readonly string[];
  readonly isSettling?: (finding: Finding) => boolean;
  readonly needless: (finding: Finding) => boolean;
}

const isOk = ({ severity }: Finding): boolean => severity === "ok";

const SETTLED: readonly Settled[] = [
  // Packets know better than routes whether a prefix is routed.
  {
    by: ["prefix-routed", "prefix-on-link", "prefix-proxied", "prefix-lost"],
    needless: ({ code }) => code === "prefix-on-link",
  },
  // A relay that carries packets need not be in this host's own routes: the provider's is behind the default one.
  { by: ["relay-path"], isSettling: isOk, needless: ({ code, severity }) => code === "relay" && severity === "warn" },
  // Of a daemon that runs nobody has to be told what it will do.
  {
    by: ["daemon"],
    isSettling: isOk,
    needless: (finding) => isOk(finding) && /^(running|prefix-route|pool-route|forwarding-)/.test(finding.code),
  },
];

/** The findings of `check` without those that others have settled. */
export function withoutGuesses(checked: readonly Finding[], others: readonly Finding[]): readonly Finding[] {
  const settled = SETTLED.filter(({ by, isSettling = () => true }) =>
    others.some((finding) => by.includes(finding.code) && isSettling(finding)),
  );
  return checked.filter((finding) => !settled.some(({ needless }) => needless(finding)));
}
