import type { ComponentChild } from "preact";
import { useEffect, useState } from "preact/hooks";
import { findNotices } from "../data/notices.ts";
import type { PageData } from "../data/page-data.ts";
import { Charts } from "./chart/charts.tsx";
import { follow, type View } from "./feed.ts";
import { Announcer } from "./parts/announcer.tsx";
import { Connection } from "./parts/connection.tsx";
import { Drops } from "./parts/drops.tsx";
import { Exits } from "./parts/exits.tsx";
import { Facts } from "./parts/facts.tsx";
import { Header } from "./parts/header.tsx";
import { Notices } from "./parts/notices.tsx";
import { Tiles } from "./parts/tiles.tsx";
import { verdictOf } from "./verdict.ts";

/** The whole page. */
export function App(): ComponentChild {
  const [view, setView] = useState<View>({ data: undefined, lost: undefined });
  useEffect(() => follow(setView), []);
  const verdict = verdictOf(view);
  useEffect(() => {
    document.title = `${verdict.short} – v6peerd`;
  }, [verdict.short]);
  return (
    <>
      <Header data={view.data} verdict={verdict} />
      <Announcer text={verdict.sentence} />
      <main class={view.lost === undefined ? "" : "stale"}>
        <Connection view={view} />
        {view.data !== undefined && <Everything data={view.data} />}
      </main>
    </>
  );
}

function Everything({ data }: { readonly data: PageData }): ComponentChild {
  return (
    <>
      <Notices notices={findNotices(data)} />
      <Tiles data={data} />
      <Charts history={data.history} />
      <Exits data={data} />
      <Drops drops={data.drops} />
      <Facts data={data} />
    </>
  );
}
