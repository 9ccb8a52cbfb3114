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
          {data === undefined ? "." : "; below stands what was last known."}
        </p>
      </section>
    );
  }
  if (data === undefined) return <p class="loading">Asking v6peerd…</p>;
  if (data.build === BUILD) return null;
  return (
    <section class="notice info" aria-label="Connection">
      <h2>This page is from an older v6peerd</h2>
      <p>
        <a href="./">Load it anew</a> to see what version {data.version} shows.
      </p>
    </section>
  );
}
