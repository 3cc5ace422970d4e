// @ts-check
// The surface below the arrows: its colours on a canvas, by the ramp of the palette, lit from the upper left.

/** @import { Grid } from "./levels.js" */
/** @import { Theme } from "../types.js" */

import { rgb } from "../drawing.js";
import { rangeOf } from "./levels.js";

// Of the ramp, what lets arrows be seen: they are dark on a light page, and light on a dark one.
const PART = { light: [0.42, 1], dark: [0, 0.55] };
const LIGHT = [-0.6, 0.8]; // whence it comes: from the left, and from above
const LIT = 0.09; // by how much of a colour the steepest slope is darker or brighter

/** @type {OffscreenCanvas | null} one for all pictures: to make one takes longer than to fill it */
let small = null;

/** @type {WeakMap<object, Float64Array>} of a ramp its colours, three numbers for each of 256 places */
const tables = new WeakMap();

/**
 * @param {[number, string][]} ramp
 * @param {"light" | "dark"} name
 */
function tableOf(ramp, name) {
  const known = tables.get(ramp);
  if (known) return known;
  const table = new Float64Array(3 * 256);
  for (let place = 0; place < 256; place += 1) table.set(colorAt(ramp, placeOnRamp(place / 255, name)), 3 * place);
  tables.set(ramp, table);
  return table;
}

/**
 * Where a height is on the ramp.
 * @param {number} share from the lowest in sight, 0, to the highest, 1
 * @param {"light" | "dark"} name
 */
export function placeOnRamp(share, name) {
  const [from = 0, to = 1] = PART[name];
  return from + share * (to - from);
}

/**
 * @param {[number, string][]} ramp
 * @param {number} place 0 … 1
 * @returns {[number, number, number]}
 */
export function colorAt(ramp, place) {
  const index = Math.max(1, ramp.findIndex(([at]) => at >= place));
  const [[from, one] = [0, ""], [to, other] = [1, ""]] = [ramp[index - 1], ramp[index]];
  const share = Math.max(0, Math.min(1, (place - from) / (to - from)));
  const [below, above] = [rgb(one) ?? [0, 0, 0], rgb(other) ?? [0, 0, 0]];
  return /** @type {[number, number, number]} */ (below.map((value, channel) => value + share * ((above[channel] ?? 0) - value)));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Grid} grid
 * @param {Theme} theme
 * @param {"light" | "dark"} name
 */
export function paintGround(canvas, grid, theme, name) {
  const { columns, rows, heights } = grid;
  const [low, high] = rangeOf(grid);
  const table = tableOf(theme["relief"], name);
  const [leftward = 0, upward = 0] = LIGHT;
  const span = high - low || 1;
  const image = new ImageData(columns, rows);
  const pixels = image.data;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const at = row * columns + column;
      const height = heights[at] ?? NaN;
      if (!Number.isFinite(height)) continue;
      const right = heights[at + (column < columns - 1 ? 1 : 0)] ?? height;
      const above = heights[at + (row < rows - 1 ? columns : 0)] ?? height;
      const slope = -((right - height) * leftward + (above - height) * upward) / span;
      const lit = 1 + LIT * Math.tanh(slope * columns * 0.35);
      const color = 3 * Math.round((255 * (height - low)) / span);
      const pixel = 4 * ((rows - 1 - row) * columns + column);
      for (let channel = 0; channel < 3; channel += 1) pixels[pixel + channel] = (table[color + channel] ?? 0) * lit;
      pixels[pixel + 3] = 255;
    }
  }
  small ??= new OffscreenCanvas(columns, rows);
  if (small.width !== columns || small.height !== rows) Object.assign(small, { width: columns, height: rows });
  small.getContext("2d")?.putImageData(image, 0, 0);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  // A pixel of the image stands for the place in its middle, and the outermost places lie on the edges.
  context.drawImage(small, 0.5, 0.5, columns - 1, rows - 1, 0, 0, canvas.width, canvas.height);
}
