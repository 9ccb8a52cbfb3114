import type { ComponentChild } from "preact";
import { dropWords } from "../../data/drop-words.ts";
import { type DropCount, RECENT_SECONDS } from "../../data/page-data.ts";
import type { Weight } from "../../data/words.ts";
import { formatCount } from "../../format.ts";

/** How many reasons are always shown. */
const FIRST = 6;

const WEIGHTS: Readonly<Record<Weight, string>> = {
  usual: "normal",
  client: "caused by a client",
  yours: "needs attention",
};

/** What was dropped, and why, in plain words. */
export function Drops({ drops }: { readonly drops: readonly DropCount[] }): ComponentChild {
  const sorted = [...drops].sort((one, other) => other.recent - one.recent || other.total - one.total);
  const [first, more] = [sorted.slice(0, FIRST), sorted.slice(FIRST)];
  return (
    <section class="card" aria-labelledby="drops">
      <h2 id="drops">Dropped packets</h2>
      {drops.length === 0 ? (
        <p class="quiet">None since startup.</p>
      ) : (
        <p class="quiet">
          In the last {RECENT_SECONDS / 60} minutes and since startup. Some drops are normal for any NAT64.
        </p>
      )}
      <List drops={first} />
      {more.length > 0 && (
        <details>
          <summary>{more.length === 1 ? "One more reason" : `${more.length} more reasons`}</summary>
          <List drops={more} />
        </details>
      )}
    </section>
  );
}

function List({ drops }: { readonly drops: readonly DropCount[] }): ComponentChild {
  return (
    <ul class="drops">
      {drops.map(({ where, code, recent, total }) => {
        const { title, sentence, weight } = dropWords(where, code);
        return (
          <li key={`${where} ${code}`}>
            <h3>
              {title} <span class={`weight ${weight}`}>{WEIGHTS[weight]}</span>
            </h3>
            <p>
              {sentence} <code>{where === "translator" ? code : `${where}: ${code}`}</code>
            </p>
            <p class="counts">
              <strong>{formatCount(recent)}</strong>
              <small>of {formatCount(total)}</small>
            </p>
          </li>
        );
      })}
    </ul>
  );
}
