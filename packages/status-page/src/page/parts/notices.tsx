import type { ComponentChild } from "preact";
import type { Notice } from "../../data/notices.ts";
import { Mark } from "./mark.tsx";

/** The issues, the worst first. */
export function Notices({ notices }: { readonly notices: readonly Notice[] }): ComponentChild {
  if (notices.length === 0) return null;
  return (
    <section aria-label="Issues">
      <ul class="notices">
        {notices.map(({ code, severity, title, sentence, quote }) => (
          <li key={code} class={`notice ${severity}`}>
            <h2>
              <Mark of={severity} />
              {title}
            </h2>
            <p>{sentence}</p>
            {quote !== undefined && <pre>{quote}</pre>}
          </li>
        ))}
      </ul>
    </section>
  );
}
