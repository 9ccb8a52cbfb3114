/** Fetches the public list of shared prefixes of a coordinator over HTTP. The response is untrusted. */

import { UnavailableError } from "@nat64/daemon-kit/command-line";
import { type SharedPrefix, sharedPrefixSchema } from "@nat64/peer-protocol";

/** Milliseconds for one page. */
const TIMEOUT_MS = 10_000;

/** Maximum bytes of a page; 256 prefixes are less than 200 kB. */
const MAX_PAGE_BYTES = 1024 * 1024;

/** Maximum number of pages: 8,192 prefixes. */
const MAX_PAGES = 32;

/** Maximum number of prefixes read from one page. */
const MAX_PREFIXES_PER_PAGE = 1024;

/** Fetches the list, page by page. Rejects with an {@link UnavailableError}. */
export async function fetchHttpList(
  url: string,
): Promise<{ readonly prefixes: readonly SharedPrefix[]; readonly complete: boolean; readonly unusable: number }> {
  const prefixes: SharedPrefix[] = [];
  let unusable = 0;
  let after: string | undefined;
  for (let count = 0; count < MAX_PAGES; count++) {
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
    // Reported below.
  }
  const list = data?.prefixes;
  if (!Array.isArray(list)) throw new UnavailableError(`${url}: this is not a list of prefixes of a coordinator`);
  const next = typeof data?.next === "string" && data.next.length <= 64 ? data.next : undefined;
  return { list: list.slice(0, MAX_PREFIXES_PER_PAGE), next };
}

async function fetchText(url: URL): Promise<string> {
  try {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new UnavailableError(`${url}: the server answered with status ${response.status}`);
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of response.body ?? []) {
      length += part.length;
      if (length > MAX_PAGE_BYTES) throw new UnavailableError(`${url}: a page is larger than ${MAX_PAGE_BYTES} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts).toString("utf8");
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    throw new UnavailableError(`${url}: ${reasonOf(error as Error)}`);
  }
}

/** The message of `fetch` is generic; the reason is in its cause. */
function reasonOf({ name, message, cause }: Error): string {
  if (name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} seconds`;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}
