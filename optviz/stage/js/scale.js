// @ts-check
// The scale of a map's colours: a small bar in a corner that nothing else has, with the losses that some colours stand for.

/** @import { Box, LevelScale, Scene, Shape } from "./types.js" */

import { overlap, widthOf } from "./labels.js";

const SCALE_LETTERS = 11; // the size of its numbers, in pixels
const LONGEST_BAR = 150;
const BAR_SHARE = 0.3; // of the width of the map, at most
const SHORTEST_BAR = 90; // a map that has no room for one has no scale
const BAR_HEIGHT = 7;
const TICK = 3;
const INSET = 9; // from the edge of the map
const APART = 6; // between two numbers, and between the bar and its title
const SCALE_HALO = 2.5;
const PLACES_ALONG = 8; // that are tried along an edge

/**
 * The shapes of a scale; none where no place along the lower or the upper edge is free.
 * @param {LevelScale} scale
 * @param {Box} box of the map
 * @param {readonly Box[]} taken what has its place already
 * @param {Pick<Scene, "theme" | "letters" | "font">} look
 * @returns {Shape[]}
 */
export function scaleShapes({ title, ticks, colors }, box, taken, { theme, letters, font }) {
  const css = `500 ${(SCALE_LETTERS * letters).toFixed(1)}px ${font}`;
  const length = Math.min(LONGEST_BAR * letters, BAR_SHARE * box.width);
  const before = widthOf(title, css) + APART;
  // A number at an end of the bar goes beyond it.
  const beyond = Math.max(0, ...ticks.map(([place, label]) => (place - 1) * length + widthOf(label, css) / 2));
  const size = { width: before + length + beyond, height: BAR_HEIGHT + TICK + 1.2 * SCALE_LETTERS * letters };
  if (length < SHORTEST_BAR || ticks.length < 2) return [];
  const corner = freePlace(size, box, taken);
  if (!corner) return [];
  const [left, top] = [corner.left + before, corner.top];
  const [ink, halo] = [theme["ink"], theme["casing"]];
  const middle = top + BAR_HEIGHT + TICK + 0.6 * SCALE_LETTERS * letters;
  const text = { path: "", fill: ink, stroke: halo, width: SCALE_HALO };
  const frame = `M${left},${top}h${length}v${BAR_HEIGHT}h${-length}Z`;
  const shown = apart(ticks, length, (label) => widthOf(label, css));
  const notches = shown.map(([place]) => `M${left + place * length},${top + BAR_HEIGHT}v${TICK}`).join("");
  return [
    { path: frame, fill: "none", stroke: halo, width: 3.5 },
    // Each colour goes on to the end, and the next one lies on it: no gap is seen between two.
    ...bands(colors).map(([from, color]) => (
      { path: `M${left + length},${top}v${BAR_HEIGHT}H${left + from * length}v${-BAR_HEIGHT}Z`, fill: color, stroke: color, width: 0.1 })),
    { path: `${frame}${notches}`, fill: "none", stroke: ink, width: 1 },
    { ...text, text: { content: title, left: corner.left, middle: top + BAR_HEIGHT / 2, font: css } },
    ...shown.map(([place, label]) => (
      { ...text, text: { content: label, left: left + place * length - widthOf(label, css) / 2, middle, font: css } })),
  ];
}

/**
 * Where each colour of a scale begins on the bar: half-way from the one before it.
 * @param {LevelScale["colors"]} colors
 * @returns {[number, string][]}
 */
function bands(colors) {
  return colors.map(([place, color], index) => [index ? (place + (colors[index - 1]?.[0] ?? place)) / 2 : 0, color]);
}

/**
 * Along the lower edge from the right, then along the upper one.
 * @param {{ width: number, height: number }} size
 * @param {Box} box
 * @param {readonly Box[]} taken
 * @returns {Box | undefined}
 */
function freePlace({ width, height }, box, taken) {
  const [room, right] = [box.width - width - 2 * INSET, box.left + box.width - INSET - width];
  if (room < 0 || height + 2 * INSET > box.height) return undefined;
  const tops = [box.top + box.height - INSET - height, box.top + INSET];
  const places = tops.flatMap((top) => Array.from({ length: PLACES_ALONG + 1 }, (_, place) => (
    { left: right - (room * place) / PLACES_ALONG, top, width, height })));
  return places.find((place) => !taken.some((other) => overlap(place, other)));
}

/**
 * The ticks whose labels do not touch: all, or every second, third … one of them.
 * @param {LevelScale["ticks"]} ticks
 * @param {number} length
 * @param {(label: string) => number} width
 */
function apart(ticks, length, width) {
  /** @param {LevelScale["ticks"]} those */
  const fit = (those) => those.every(([place, label], index) => {
    const [before, told] = those[index - 1] ?? [-Infinity, ""];
    return (place - before) * length >= (width(label) + width(told)) / 2 + APART;
  });
  for (let every = 1; every < ticks.length; every += 1) {
    const some = ticks.filter((_, index) => index % every === 0);
    if (fit(some)) return some;
  }
  return ticks.slice(0, 1);
}
