// @ts-check
// A chart that is taken away: what is drawn, with its title and what it is of above it.

/** @import { Dict } from "../types.js" */

const HEAD = { size: 15, high: 34 }; // pixels
const UNDER = { size: 12, high: 17, letter: 6.4 }; // of each line; a letter is as wide, a Chinese one twice

/**
 * Plotly's dict with a title and lines below it, for which it grows.
 * @param {{ data: Dict[], layout: Dict }} figure
 * @param {string} ground the colour behind it
 * @param {string} title
 * @param {string[]} parts of what stands below
 * @returns {{ data: Dict[], layout: Dict }}
 */
export function entitled({ data, layout }, ground, title, parts) {
  const lines = inLines(parts, layout["width"] - 24);
  const more = HEAD.high + UNDER.high * lines.length;
  const { margin = {}, height } = layout;
  const told = [escaped(title), ...lines.map((line) => `<span style="font-size:${UNDER.size}px">${escaped(line)}</span>`)];
  const above = {
    text: told.join("<br>"), x: 0, xanchor: "left", y: 1, yanchor: "top", pad: { t: 12, l: 10 },
    font: { ...layout["font"], size: HEAD.size },
  };
  const room = { margin: { ...margin, t: (margin.t ?? 0) + more }, height: height + more };
  return { data, layout: { ...layout, paper_bgcolor: ground, title: above, ...room } };
}

/**
 * @param {string[]} parts
 * @param {number} width pixels
 * @returns {string[]}
 */
export function inLines(parts, width) {
  /** @type {string[]} */
  const lines = [];
  for (const part of parts.filter(Boolean)) {
    const together = lines.length ? `${lines.at(-1)} · ${part}` : part;
    if (lines.length && spanOf(together) <= width) lines[lines.length - 1] = together;
    else lines.push(part);
  }
  return lines;
}

/** @param {string} text */
function spanOf(text) {
  return [...text].reduce((sum, letter) => sum + UNDER.letter * (letter > "\u2e80" ? 2 : 1), 0);
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

/**
 * @param {string} address
 * @param {string} name
 */
export function downloadFrom(address, name) {
  const link = document.createElement("a");
  Object.assign(link, { href: address, download: name });
  link.click();
}
