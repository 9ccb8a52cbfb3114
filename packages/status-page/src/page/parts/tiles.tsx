import type { ComponentChild } from "preact";
import type { PageData } from "../../data/page-data.ts";
import {
  formatBitRate,
  formatBytes,
  formatCount,
  formatMilliseconds,
  formatPercent,
  formatRate,
} from "../../format.ts";

/** The most important numbers. */
export function Tiles({ data }: { readonly data: PageData }): ComponentChild {
  const { history, sessions, carried, exits, localExit, wantsPeerExits } = data;
  const up = exits.filter(({ state }) => state === "up").length;
  return (
    <dl class="tiles" aria-label="Now">
      <Tile name="To clients" value={formatBitRate(history.down.at(-1) ?? 0)} tone="down">
        {formatBytes(carried.down)} in total
      </Tile>
      <Tile name="From clients" value={formatBitRate(history.up.at(-1) ?? 0)} tone="up">
        {formatBytes(carried.up)} in total
      </Tile>
      <Tile name="Sessions" value={formatCount(sessions.now)} share={sessions.now / sessions.most}>
        {formatPercent(sessions.now / sessions.most)} of {formatCount(sessions.most)}
      </Tile>
      {wantsPeerExits ? (
        <Tile name="Exits up" value={`${up} of ${exits.length}`}>
          {localExit === "none" ? "through IPv4 peers" : `and a local exit (${localExit})`}
        </Tile>
      ) : (
        <Tile name="Exit" value={localExit === "none" ? "none" : "local"}>
          {localExit === "none" ? "no IPv4 traffic leaves" : `of this host (${localExit})`}
        </Tile>
      )}
      <Budget data={data} />
      <Tile name="Dropped" value={`${formatRate(history.dropped.at(-1) ?? 0)}/s`}>
        {formatCount(data.drops.reduce((sum, { total }) => sum + total, 0))} in total
      </Tile>
    </dl>
  );
}

function Budget({ data: { budget } }: { readonly data: PageData }): ComponentChild {
  if (budget === undefined) {
    return (
      <Tile name="Bandwidth" value="no limit">
        no bandwidth limit
      </Tile>
    );
  }
  const { up, down, month, delay } = budget;
  const waits = delay === undefined ? 0 : Math.max(delay.up, delay.down);
  const rates = up === down ? rate(down) : `${rate(down)} to, ${rate(up)} from`;
  if (month === undefined) {
    return (
      <Tile name="Bandwidth" value={rates}>
        queue delay {formatMilliseconds(waits)}
      </Tile>
    );
  }
  const share = month.used / month.limit;
  return (
    <Tile name="Budget used" value={formatPercent(share)} share={share}>
      {formatBytes(month.used)} of {formatBytes(month.limit)} this month
    </Tile>
  );
}

function rate(bits: number | undefined): string {
  return bits === undefined ? "no limit" : formatBitRate(bits);
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly tone?: "up" | "down";
  /** 0 to 1, for a bar. */
  readonly share?: number;
  readonly children: ComponentChild;
}

function Tile({ name, value, tone, share, children }: TileProps): ComponentChild {
  return (
    <div class="tile">
      <dt>
        {tone !== undefined && <span class={`key ${tone}`} aria-hidden="true" />}
        {name}
      </dt>
      <dd>
        <strong>{value}</strong>
        {share !== undefined && <Bar share={share} />}
        <small>{children}</small>
      </dd>
    </div>
  );
}

/** How full something is. The text below it says the same. */
function Bar({ share }: { readonly share: number }): ComponentChild {
  const level = share >= 0.98 ? "bad" : share >= 0.8 ? "warning" : "good";
  return (
    <span class="bar" aria-hidden="true">
      <span class={level} style={{ width: `${Math.min(100, Math.max(share > 0 ? 1 : 0, share * 100))}%` }} />
    </span>
  );
}
