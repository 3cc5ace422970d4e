// @ts-check
// The names of racers at the ends of their curves, so that the legend is a control and not a key.

/** @import { Scene, Shape } from "./types.js" */
/** @import { Head } from "./heads.js" */

import { elided, spread, widthOf } from "./labels.js";

const NAME_SIZE = 12; // the size of a name, in pixels
const AWAY = 24; // from the middle of a head to its name
const LEADER = [8, 20]; // a line from a head to its name begins and ends so far from the middle of the head
const WIDEST = 11; // of a name, in sizes of its letters
const NARROWEST = 180; // of a chart that has room for names
const NAME_HALO = 3;

/**
 * @param {string} family of fonts
 * @param {number} letters how much larger than on a desk
 */
function fontFor(family, letters) {
  return `500 ${(NAME_SIZE * letters).toFixed(1)}px ${family}`;
}

/**
 * How much room to the right of a chart the names need.
 * @param {readonly string[]} names
 * @param {string} family of fonts
 * @param {number} letters how much larger than on a desk
 */
export function roomForNames(names, family, letters) {
  const font = fontFor(family, letters);
  const widest = Math.max(0, ...names.map((name) => Math.min(WIDEST * NAME_SIZE * letters, widthOf(name, font))));
  return widest && Math.ceil(widest + AWAY + NAME_HALO + 2);
}

/**
 * Beside each head its name, from the lowest to the highest as the heads are; none where not all have room.
 * @param {readonly Head[]} heads of the chart of curves
 * @param {readonly string[]} names
 * @param {Scene} scene
 * @returns {Shape[]}
 */
export function namesAsShapes(heads, names, { font: family, geometry, letters, theme }) {
  const box = geometry.boxes[1];
  if (!box || box.width < NARROWEST) return [];
  const font = fontFor(family, letters);
  const height = NAME_SIZE * letters * 1.2;
  const right = geometry.width - 2;
  const seen = heads.flatMap((head, index) => {
    const isInside = head.left >= box.left - 1 && head.left <= box.left + box.width + 1
      && head.top >= box.top - 1 && head.top <= box.top + box.height + 1;
    return isInside && !head.cross ? [{ ...head, name: names[index] ?? "" }] : [];
  });
  const middles = spread(seen.map(({ top }) => top), height, box.top - height / 2, box.top + box.height + height / 2);
  if (!middles) return [];
  const [from = 0, to = 0] = LEADER;
  return seen.flatMap(({ left, top, color, name }, index) => {
    const content = elided(name, WIDEST * NAME_SIZE * letters, (text) => widthOf(text, font));
    // Cut off it would say less than the legend, which stands beside it.
    if (widthOf(content, font) > right - left - AWAY) return [];
    const middle = middles[index] ?? top;
    const path = `M${(left + from).toFixed(2)},${top.toFixed(2)}L${(left + to).toFixed(2)},${middle.toFixed(2)}`;
    return [
      { path, fill: "none", stroke: color, width: 1.5 },
      { path: "", fill: theme["ink"], stroke: theme["label_back"], width: NAME_HALO, text: { content, left: left + AWAY, middle, font } },
    ];
  });
}
