import type { ComponentChild } from "preact";

const SHAPES = {
  good: "m4.5 8.5 2.5 2.5 4.5-5.5",
  warning: "M8 4.5v4.2M8 11.4v.1",
  bad: "m5.5 5.5 5 5m0-5-5 5",
  info: "M8 7.6v3.9M8 4.6v.1",
  waiting: "M4.7 8h.1M8 8h.1M11.3 8h.1",
} as const;

/** An icon that means the same as its colour, for people who cannot tell the colours apart. The text beside it says the same. */
export function Mark({ of }: { readonly of: keyof typeof SHAPES }): ComponentChild {
  return (
    <svg class={`mark ${of}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <circle cx="8" cy="8" r="8" />
      <path d={SHAPES[of]} />
    </svg>
  );
}
