import type { ComponentChild } from "preact";
import { formatTime } from "../../format.ts";
import { BUILD } from "../build.ts";
import type { View } from "../feed.ts";

/** Says when what is shown is old, or the page itself is. */
export function Connection({ view: { data, lost } }: { readonly view: View }): ComponentChild {
  if (lost !== undefined) {
    return (
      <section class="notice bad" aria-label="Connection">
        <h2>v6peerd does not answer</h2>
        <p>
          Since {formatTime(lost.since)}
          {lost.why !== undefined && `: ${lost.why}`}. This page tries again every two seconds
          {data === undefined ? "." : ". The values below are the last ones received."}
        </p>
      </section>
    );
  }
  if (data === undefined) return <p class="loading">Loading…</p>;
  if (data.build === BUILD) return null;
  return (
    <section class="notice info" aria-label="Connection">
      <h2>This page is from an older v6peerd</h2>
      <p>
        <a href="./">Reload it</a> to get the page of version {data.version}.
      </p>
    </section>
  );
}
