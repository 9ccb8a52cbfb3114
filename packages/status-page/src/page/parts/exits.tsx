import type { ComponentChild } from "preact";
import type { ExitFacts, PageData } from "../../data/page-data.ts";
import {
  formatBitRate,
  formatBytes,
  formatCount,
  formatDuration,
  formatMilliseconds,
  formatPercent,
} from "../../format.ts";
import { Mark } from "./mark.tsx";

/** Where IPv4 traffic leaves. */
export function Exits({ data }: { readonly data: PageData }): ComponentChild {
  const { exits, localExit, wantsPeerExits } = data;
  return (
    <section class="card" aria-labelledby="exits">
      <h2 id="exits">Exits</h2>
      <ul class="exits">
        {localExit !== "none" && <LocalExit mode={localExit} />}
        {exits.map((exit) => (
          <PeerExit key={exit.exit} exit={exit} />
        ))}
      </ul>
      {wantsPeerExits && exits.length === 0 && <p class="quiet">No IPv4 peer has been found yet.</p>}
    </section>
  );
}

function LocalExit({ mode }: { readonly mode: "pool" | "masquerade" }): ComponentChild {
  return (
    <li>
      <div class="name">
        <strong>This host</strong>
        <span class="state good">
          <Mark of="good" />
          local
        </span>
      </div>
      <p class="quiet">{mode === "pool" ? "IPv4 addresses routed here" : "behind this host's own IPv4 address"}</p>
    </li>
  );
}

const MOODS = { up: "good", suspect: "warning", trying: "waiting", down: "bad" } as const;
const WORDS = { up: "up", suspect: "suspect", trying: "connecting", down: "down" } as const;

function PeerExit({ exit }: { readonly exit: ExitFacts }): ComponentChild {
  const { state, seconds, rtt, loss, answered, lost, sessions, limit, carried } = exit;
  const mood = state === "up" && lost.length > 0 ? "warning" : MOODS[state];
  return (
    <li>
      <div class="name">
        <strong title={exit.peer}>{shortId(exit.peer)}</strong>
        <span class={`state ${mood}`}>
          <Mark of={mood} />
          {WORDS[state]} <span class="quiet">for {formatDuration(seconds)}</span>
        </span>
        <Remarks exit={exit} />
      </div>
      <dl>
        <Value name="Round trip">{rtt === undefined ? "–" : formatMilliseconds(rtt)}</Value>
        <Value name="Loss" isBad={(loss ?? 0) >= 0.1}>
          {loss === undefined ? "–" : formatPercent(loss)}
        </Value>
        <Value name="Answered" isBad={lost.length > 0}>
          {answered === undefined ? "–" : formatPercent(answered)}
        </Value>
        <Value name="Sessions">{formatCount(sessions)}</Value>
        <Value name="To clients">{carried === undefined ? "–" : formatBytes(carried.down)}</Value>
        <Value name="From clients">{carried === undefined ? "–" : formatBytes(carried.up)}</Value>
        <Value name="Limit">{limit === undefined ? "none" : formatBitRate(limit)}</Value>
      </dl>
    </li>
  );
}

function Remarks({
  exit: { lost, isDraining, isAway, internet, services },
}: {
  readonly exit: ExitFacts;
}): ComponentChild {
  const remarks = [
    ...(lost.length > 0 ? ["loses data: no new clients"] : []),
    ...(isDraining ? ["draining: no new clients"] : []),
    ...(isAway ? ["not connected to the coordinator"] : []),
    ...(internet ? [] : [services === 0 ? "accepts no traffic" : "published services only"]),
  ];
  return remarks.length === 0 ? null : <span class="quiet">{remarks.join("; ")}</span>;
}

interface ValueProps {
  readonly name: string;
  readonly isBad?: boolean;
  readonly children: ComponentChild;
}

function Value({ name, isBad = false, children }: ValueProps): ComponentChild {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isBad ? "bad" : ""}>{children}</dd>
    </div>
  );
}

/** As the daemons' logs and commands shorten it. */
function shortId(peer: string): string {
  return (peer.slice(0, 16).match(/.{1,4}/g) ?? []).join("-");
}
