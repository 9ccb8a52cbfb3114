/** Drops findings of `check` that are guesses where another finding is certain. */
import type { Finding } from "@nat64/v6peer-daemon/check";

/** The codes of certain findings, and the findings of `check` that they replace. */
interface Replacement {
  readonly by: readonly string[];
  readonly isCertain?: (finding: Finding) => boolean;
  readonly isReplaced: (finding: Finding) => boolean;
}

const isOk = ({ severity }: Finding): boolean => severity === "ok";

const REPLACEMENTS: readonly Replacement[] = [
  // Test packets show more reliably than routes whether a prefix is routed.
  {
    by: ["prefix-routed", "prefix-on-link", "prefix-proxied", "prefix-lost"],
    isReplaced: ({ code }) => code === "prefix-on-link",
  },
  // A working relay does not need a route of this host; the provider's relay may be behind the default route.
  { by: ["relay-path"], isCertain: isOk, isReplaced: ({ code, severity }) => code === "relay" && severity === "warn" },
  // What v6peerd will do at its start is not interesting while it runs.
  {
    by: ["daemon"],
    isCertain: isOk,
    isReplaced: (finding) => isOk(finding) && /^(running|prefix-route|pool-route|forwarding-)/.test(finding.code),
  },
];

/** The findings of `check` without those that others replace. */
export function withoutGuesses(checked: readonly Finding[], others: readonly Finding[]): readonly Finding[] {
  const active = REPLACEMENTS.filter(({ by, isCertain = () => true }) =>
    others.some((finding) => by.includes(finding.code) && isCertain(finding)),
  );
  return checked.filter((finding) => !active.some(({ isReplaced }) => isReplaced(finding)));
}
