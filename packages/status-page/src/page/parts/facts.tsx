import type { ComponentChild } from "preact";
import type { CoordinatorFacts, PageData } from "../../data/page-data.ts";
import { formatDay, formatDuration, formatPercent } from "../../format.ts";

/** What changes rarely. */
export function Facts({ data }: { readonly data: PageData }): ComponentChild {
  const { nat64Prefix, prefix, extraPrefixes, coordinator, config, version, startedAt, busy } = data;
  return (
    <section class="card" aria-labelledby="facts">
      <h2 id="facts">This IPv6 peer</h2>
      <dl class="facts">
        <Fact name="NAT64 prefix for DNS64">
          <code>{nat64Prefix}</code>
        </Fact>
        <Fact name="Prefix">
          <code>{[prefix, ...extraPrefixes].join(" ")}</code>
        </Fact>
        <Fact name="Coordinator">{coordinator === undefined ? "none" : connection(coordinator)}</Fact>
        <Fact name="Configuration">
          <code>{config.path}</code>, loaded {formatDay(config.loadedAt)}
        </Fact>
        <Fact name="Data path">busy {formatPercent(busy)} of the time</Fact>
        <Fact name="Daemon">
          v6peerd {version}, started {formatDay(startedAt)}
        </Fact>
      </dl>
    </section>
  );
}

const REGISTRATIONS: Readonly<Record<CoordinatorFacts["registration"], string>> = {
  offline: "prefix not registered",
  asked: "registering the prefix",
  challenged: "verifying the prefix",
  registered: "prefix registered",
  pausing: "prefix refused, retrying later",
};

function connection({ host, port, isConnected, seconds, registration }: CoordinatorFacts): string {
  const state = isConnected
    ? `connected for ${formatDuration(seconds)}`
    : `disconnected for ${formatDuration(seconds)}`;
  return `${host} port ${port}, ${state}, ${REGISTRATIONS[registration]}`;
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChild }): ComponentChild {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
