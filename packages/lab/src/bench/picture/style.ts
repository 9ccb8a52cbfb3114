/** How the picture looks, in the light and in the dark. */

interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly faint: string;
  readonly grid: string;
  readonly goal: string;
  /** Colours of the contenders, distinguishable for colour-blind people. */
  readonly bars: readonly string[];
}

const LIGHT: Palette = {
  paper: "#ffffff",
  ink: "#1f2328",
  faint: "#59636e",
  grid: "#d1d9e0",
  goal: "#cf222e",
  bars: ["#9aa4af", "#b07d1a", "#0969da", "#8250df", "#1a7f64"],
};

const DARK: Palette = {
  paper: "#0d1117",
  ink: "#e6edf3",
  faint: "#9198a1",
  grid: "#30363d",
  goal: "#ff7b72",
  bars: ["#6e7681", "#d29922", "#58a6ff", "#bc8cff", "#3fb995"],
};

/** How many contenders have colours of their own. */
export const COLOURS: number = LIGHT.bars.length;

/** The style sheet. Not by custom properties: browsers know them, other programs that show SVG do not. */
export const STYLE: string = `
text { font: 12px system-ui, "DejaVu Sans", sans-serif; }
.heading { font-size: 17px; font-weight: 600; }
.metric { font-weight: 600; }
.axis, .method, .hint, .value { font-size: 11px; }
.middle { text-anchor: middle; }
.one { stroke-dasharray: 4 2; }
.goal { stroke-width: 2.5; }
.value { paint-order: stroke; stroke-width: 3; stroke-linejoin: round; }
${rules(LIGHT)}
@media (prefers-color-scheme: dark) {
${rules(DARK)}
}
`;

function rules({ paper, ink, faint, grid, goal, bars }: Palette): string {
  return `.paper { fill: ${paper}; }
text { fill: ${ink}; }
.axis, .method, .hint { fill: ${faint}; }
.missed { fill: ${goal}; font-weight: 600; }
.value { stroke: ${paper}; }
.grid { stroke: ${grid}; }
.one { stroke: ${ink}; }
.goal { stroke: ${goal}; }
${bars.map((colour, i) => `.c${i} { fill: ${colour}; }`).join("\n")}`;
}
