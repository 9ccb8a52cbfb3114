/** What routes let guess and packets know better. */
import type { Finding } from "@nat64/v6peer-daemon/check";

/** Verdicts on the prefix that come from packets. */
const PREFIX_TRIED: ReadonlySet<string> = new Set(["prefix-routed", "prefix-on-link", "prefix-proxied", "prefix-lost"]);

/** The findings of `check` without those that something else has settled. */
export function withoutGuesses(checked: readonly Finding[], tried: readonly Finding[]): readonly Finding[] {
  const isPrefixKnown = tried.some(({ code }) => PREFIX_TRIED.has(code));
  // A relay that carries packets need not be in this host's own routes: the provider's is behind the default one.
  const isRelayKnown = tried.some(({ code, severity }) => code === "relay-path" && severity === "ok");
  return checked.filter(
    ({ code, severity }) =>
      !(isPrefixKnown && code === "prefix-on-link") && !(isRelayKnown && code === "relay" && severity === "warn"),
  );
}
