import type { ComponentChild } from "preact";
import type { PageData } from "../../data/page-data.ts";
import { formatDuration } from "../../format.ts";
import type { Verdict } from "../verdict.ts";
import { Mark } from "./mark.tsx";

/** Which daemon this is, and how it is. */
export function Header({
  data,
  verdict,
}: {
  readonly data: PageData | undefined;
  readonly verdict: Verdict;
}): ComponentChild {
  return (
    <header>
      <div>
        <h1>IPv6 peer</h1>
        <p class="prefix">{data === undefined ? "v6peerd" : data.nat64Prefix}</p>
      </div>
      <div class="state">
        <p class={`verdict ${verdict.mood}`}>
          <Mark of={verdict.mood} />
          {verdict.short}
        </p>
        {data !== undefined && (
          <p class="quiet">
            v6peerd {data.version}, up {formatDuration((data.at - data.startedAt) / 1000)}
          </p>
        )}
      </div>
    </header>
  );
}
