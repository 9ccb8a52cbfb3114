import type { ComponentChild } from "preact";

/** Tells a screen reader what changed; it stays silent while numbers do nothing but move. */
export function Announcer({ text }: { readonly text: string }): ComponentChild {
  return (
    <p class="unseen" role="status">
      {text}
    </p>
  );
}
