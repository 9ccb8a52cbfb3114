/** Minimal XML for a picture: escaped text, attributes, elements. */

// All that a document may hold (XML 1.0 §2.2); the rest not even escaped.
const NO_CHARACTER = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes text for an element or an attribute. */
export function escaped(text: string): string {
  return text.replace(NO_CHARACTER, "\ufffd").replace(/[&<>"]/g, (character) => ENTITIES[character]);
}

/** An element with attributes and, inside, text or elements that were made by these functions. */
export function element(name: string, attributes: Readonly<Record<string, string | number>>, inside = ""): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  return inside === "" ? `<${name}${written.join("")}/>` : `<${name}${written.join("")}>${inside}</${name}>`;
}

/** A line of text at a position. */
export function text(x: number, y: number, kind: string, words: string): string {
  return element("text", { x, y, class: kind }, escaped(words));
}
