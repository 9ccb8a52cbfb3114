/** Polls the daemon and appends the rows of history. */
import type { PageData } from "../data/page-data.ts";
import { append } from "./append.ts";

/** Milliseconds between two questions, and for one answer. */
const INTERVAL = 2_000;
const TIMEOUT_MS = 8_000;

/** What the page knows. */
export interface View {
  /** The latest answer, with all the history; `undefined` before the first. */
  readonly data: PageData | undefined;
  /** Since when there is no newer one (milliseconds since 1970), and why, if something answered. */
  readonly lost: { readonly since: number; readonly why: string | undefined } | undefined;
}

/** Calls back after each question, until the returned function is called. */
export function follow(changed: (view: View) => void): () => void {
  let view: View = { data: undefined, lost: undefined };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;

  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    if (isAsking || document.hidden) return;
    isAsking = true;
    try {
      view = { data: merge(view.data, await load(view.data)), lost: undefined };
    } catch (error) {
      const why = error instanceof NotTheDaemon ? error.message : undefined;
      view = { data: view.data, lost: { since: view.lost?.since ?? Date.now(), why } };
    }
    isAsking = false;
    changed(view);
    timer = setTimeout(ask, INTERVAL);
  };
  // Nobody looks at a hidden page; the daemon keeps the history for it.
  const shown = () => {
    if (!document.hidden) ask();
  };
  document.addEventListener("visibilitychange", shown);
  ask();
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", shown);
  };
}

class NotTheDaemon extends Error {}

async function load(before: PageData | undefined): Promise<PageData> {
  const since = before === undefined ? "" : `?since=${before.history.at.at(-1) ?? 0}`;
  const response = await fetch(`data.json${since}`, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.status === 503) throw new NotTheDaemon("its data path does not answer");
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  if (!response.ok || !isJson) throw new NotTheDaemon("something else answers in its place");
  return (await response.json()) as PageData;
}

/** A daemon that was started again has a history of its own: the old one goes. */
function merge(before: PageData | undefined, now: PageData): PageData {
  if (before === undefined || before.startedAt !== now.startedAt) return now;
  return { ...now, history: append(before.history, now.history) };
}
