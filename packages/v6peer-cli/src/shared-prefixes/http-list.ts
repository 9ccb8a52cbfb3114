/** The list of shared prefixes as a coordinator gives it to everybody, over HTTP. All of it is hostile until it was read. */
import { type SharedPrefix, sharedPrefixSchema } from "@nat64/peer-protocol";
import { UnavailableError } from "../exit.ts";

/** Milliseconds for a page. */
const PATIENCE = 10_000;

/** Bytes of a page at most: 256 prefixes are less than 200 kB. */
const LARGEST_PAGE = 1024 * 1024;

/** Pages at most: 8,192 prefixes. */
const MOST_PAGES = 32;

/** Prefixes of a page that are looked at. */
const MOST_ON_PAGE = 1024;

/** Fetches the list, page by page. Rejects with an {@link UnavailableError}. */
export async function fetchHttpList(
  url: string,
): Promise<{ readonly prefixes: readonly SharedPrefix[]; readonly complete: boolean; readonly unusable: number }> {
  const prefixes: SharedPrefix[] = [];
  let unusable = 0;
  let after: string | undefined;
  for (let count = 0; count < MOST_PAGES; count++) {
    const page = new URL(url);
    if (after !== undefined) page.searchParams.set("after", after);
    const { list, next } = readPage(await fetchText(page), url);
    for (const each of list) {
      const parsed = sharedPrefixSchema.safeParse(each);
      if (parsed.success) prefixes.push(parsed.data);
      else unusable++;
    }
    if (next === undefined) return { prefixes, complete: true, unusable };
    after = next;
  }
  return { prefixes, complete: false, unusable };
}

function readPage(text: string, url: string): { readonly list: readonly unknown[]; readonly next: string | undefined } {
  let data: { prefixes?: unknown; next?: unknown } | null = null;
  try {
    data = JSON.parse(text);
  } catch {
    // Said below.
  }
  const list = data?.prefixes;
  if (!Array.isArray(list)) throw new UnavailableError(`${url}: this is no list of prefixes of a coordinator`);
  const next = typeof data?.next === "string" && data.next.length <= 64 ? data.next : undefined;
  return { list: list.slice(0, MOST_ON_PAGE), next };
}

async function fetchText(url: URL): Promise<string> {
  try {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) throw new UnavailableError(`${url}: the server answers ${response.status}`);
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of response.body ?? []) {
      length += part.length;
      if (length > LARGEST_PAGE) throw new UnavailableError(`${url}: a page is larger than ${LARGEST_PAGE} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts).toString("utf8");
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    throw new UnavailableError(`${url}: ${reasonOf(error as Error)}`);
  }
}

/** `fetch` says no more than that it failed; why is in the cause. */
function reasonOf({ name, message, cause }: Error): string {
  if (name === "TimeoutError") return `no answer within ${PATIENCE / 1000} seconds`;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}
