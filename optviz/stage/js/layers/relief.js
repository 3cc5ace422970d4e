// @ts-check
// The mark "relief": the surface as a map that is lit from the north-west, below Plotly's picture. It is made from the
// heights at the points of a grid, for the pixels that are seen, so that it is as sharp zoomed in as it is whole.

/** @import { Arrays, Box, Mark, Numbers, Range, ReliefLayer, Scene } from "../types.js" */

import { rgb } from "../drawing.js";
import { arrayOf } from "../message.js";

const SHADES = 1024; // steps of the colour scale: fewer would show as bands on a large screen
const STEEPNESS = 0.22; // how high the relief stands, as a share of its width
const SUN = [-0.5, 0.5, Math.SQRT1_2]; // towards the light: to the north-west, 45° high
const CONTRAST = 0.75; // how much of the light's change with the slope is seen

/**
 * @typedef {object} Grid heights with a row and a column more on each side, so that four points are around each place
 * @property {Float64Array} values
 * @property {number} columns
 * @property {number} rows
 */

/**
 * @typedef {object} Window what is seen of a grid, in steps of the grid: the middles of the first and the last pixel
 * @property {Range} across
 * @property {Range} down
 */

/** @implements {Mark} */
export class Relief {
  /** @param {ReliefLayer} layer */
  constructor(layer) {
    this.layer = layer;
    /** @type {Scene} */
    this.scene;
  }

  /** @param {Scene} scene */
  measure(scene) {
    this.scene = scene;
  }

  groundKey() {
    const { geometry, arrays, theme } = this.scene;
    const box = geometry.boxes[0];
    return JSON.stringify([identityOf(gridOf(arrays, this.layer.z)), theme["relief"], box, this.window(1)]);
  }

  /**
   * Which part of the grid is in the box, for so many pixels.
   * @param {number} ratio
   * @returns {Window}
   */
  window(ratio) {
    const { geometry, arrays } = this.scene;
    const box = mapBox(geometry.boxes[0]);
    /**
     * @param {Numbers} places
     * @param {(value: number) => number} pixel
     * @param {number} from
     * @param {number} length
     * @returns {Range}
     */
    const seen = (places, pixel, from, length) => {
      const last = places.length - 1;
      const [first, end] = [pixel(places[0] ?? NaN), pixel(places[last] ?? NaN)];
      const half = 0.5 / ratio;
      return [((from + half - first) / (end - first)) * last, ((from + length - half - first) / (end - first)) * last];
    };
    const [x, y] = [arrayOf(arrays, this.layer.x), arrayOf(arrays, this.layer.y)];
    const [toLeft = Number, toTop = Number] = [geometry.x[0], geometry.y[0]];
    return { across: seen(x, toLeft, box.left, box.width), down: seen(y, toTop, box.top, box.height) };
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} ratio
   */
  paintGround(context, ratio) {
    const { arrays, geometry, theme } = this.scene;
    const box = mapBox(geometry.boxes[0]);
    const [width, height] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
    if (width < 1 || height < 1) return;
    const grid = padded(gridOf(arrays, this.layer.z));
    const pixels = shaded(grid, this.window(ratio), { width, height }, colorTable(theme["relief"]), this.layer.lit);
    context.putImageData(new ImageData(pixels, width, height), Math.round(box.left * ratio), Math.round(box.top * ratio));
  }
}

/** @type {WeakMap<object, number>} */
const identities = new WeakMap();
let identified = 0;

/**
 * Another number for other heights.
 * @param {object} heights
 */
function identityOf(heights) {
  const known = identities.get(heights) ?? (identified += 1);
  identities.set(heights, known);
  return known;
}

/**
 * The heights on the grid, by row.
 * @param {Arrays} arrays
 * @param {string} reference
 * @returns {Numbers[]}
 */
function gridOf(arrays, reference) {
  const rows = arrays.get(reference.slice(1));
  if (!Array.isArray(rows)) throw new Error(`the message has no grid ${reference}`);
  return rows;
}

/** @param {Box | undefined} box */
function mapBox(box) {
  return box ?? { left: 0, top: 0, width: 0, height: 0 };
}

/**
 * The colours of a scale at even distances: red, green and blue, one after the other.
 * @param {[number, string][]} scale
 */
export function colorTable(scale) {
  const table = new Float32Array(3 * SHADES);
  const stops = scale.map(([place, color]) => ({ place, color: rgb(color) ?? [0, 0, 0] }));
  let next = 1;
  for (let shade = 0; shade < SHADES; shade += 1) {
    const place = shade / (SHADES - 1);
    while (next < stops.length - 1 && (stops[next]?.place ?? 1) < place) next += 1;
    const [before, after] = [stops[next - 1], stops[next]];
    if (!before || !after) continue;
    const share = Math.min(1, Math.max(0, (place - before.place) / (after.place - before.place)));
    for (let channel = 0; channel < 3; channel += 1) {
      const [from, to] = [before.color[channel] ?? 0, after.color[channel] ?? 0];
      table[3 * shade + channel] = from + share * (to - from);
    }
  }
  return table;
}

/**
 * The heights with one more row and column on each side, where the slope goes on as it was.
 * @param {readonly Numbers[]} heights by row
 * @returns {Grid}
 */
export function padded(heights) {
  const [rows, columns] = [heights.length + 2, (heights[0]?.length ?? 0) + 2];
  const values = new Float64Array(rows * columns);
  /** @param {number} row */
  const widen = (row) => {
    const [first, last] = [row * columns, row * columns + columns - 1];
    values[first] = 2 * (values[first + 1] ?? 0) - (values[first + 2] ?? 0);
    values[last] = 2 * (values[last - 1] ?? 0) - (values[last - 2] ?? 0);
  };
  heights.forEach((row, index) => {
    values.set(row, (index + 1) * columns + 1);
    widen(index + 1);
  });
  for (let column = 0; column < columns; column += 1) {
    const [first, last] = [column, (rows - 1) * columns + column];
    values[first] = 2 * (values[first + columns] ?? 0) - (values[first + 2 * columns] ?? 0);
    values[last] = 2 * (values[last - columns] ?? 0) - (values[last - 2 * columns] ?? 0);
  }
  return { values, columns, rows };
}

/**
 * The pixels of a relief: red, green, blue and alpha. Between the points of the grid the heights are cubic
 * (E. Catmull and R. Rom 1974, doi:10.1016/B978-0-12-079050-0.50020-5), so that the slope, and the light with it, has no
 * edges; where the surface has no value, or the grid ends, nothing is drawn.
 * @param {Grid} grid
 * @param {Window} window
 * @param {{ width: number, height: number }} size
 * @param {Float32Array} table of colours
 * @param {Range} lit
 */
export function shaded(grid, { across, down }, { width, height }, table, lit) {
  const { columns, rows, values } = grid;
  const pixels = new Uint8ClampedArray(4 * width * height);
  const inRow = weightsFor(across, width, columns);
  const inColumn = weightsFor(down, height, rows);
  const [heightAt, southAt] = [new Float64Array(columns), new Float64Array(columns)];
  const [least, most] = lit;
  const [alongX, alongY] = [STEEPNESS * (columns - 3), STEEPNESS * (rows - 3)];
  const [sunX = 0, sunY = 0, sunZ = 1] = SUN;
  for (let line = 0; line < height; line += 1) {
    const row = inColumn.first[line] ?? -1;
    if (row < 0) continue;
    combine(values, row * columns, columns, inColumn, line, heightAt, southAt);
    for (let pixel = 0; pixel < width; pixel += 1) {
      const column = inRow.first[pixel] ?? -1;
      if (column < 0) continue;
      let [z, east, north] = [0, 0, 0];
      for (let tap = 0; tap < 4; tap += 1) {
        const [weight, slope] = [/** @type {number} */ (inRow.weights[4 * pixel + tap]), inRow.slopes[4 * pixel + tap]];
        const value = /** @type {number} */ (heightAt[column + tap]);
        z += weight * value;
        east += /** @type {number} */ (slope) * value;
        north += weight * /** @type {number} */ (southAt[column + tap]);
      }
      let light = 1;
      if (z === z) {
        const [slopeX, slopeY] = [alongX * east, alongY * north];
        const facing = (sunZ - sunX * slopeX - sunY * slopeY) / Math.sqrt(1 + slopeX * slopeX + slopeY * slopeY);
        light = Math.min(most, Math.max(least, 1 + CONTRAST * (facing / sunZ - 1)));
      } else {
        // Beside what has no value: as high as the nearest point.
        const nearest = (row + nearestOf(inColumn, line)) * columns + column + nearestOf(inRow, pixel);
        z = /** @type {number} */ (values[nearest]);
        if (z !== z) continue;
      }
      const shade = 3 * Math.round((SHADES - 1) * Math.min(1, Math.max(0, z)));
      const place = 4 * (line * width + pixel);
      pixels[place] = light * /** @type {number} */ (table[shade]);
      pixels[place + 1] = light * /** @type {number} */ (table[shade + 1]);
      pixels[place + 2] = light * /** @type {number} */ (table[shade + 2]);
      pixels[place + 3] = 255;
    }
  }
  return pixels;
}

/**
 * @typedef {object} Weights for each pixel of a line: the first of four points of the grid, −1 beyond it, and what each
 *   of them counts for the height and for the slope
 * @property {Int32Array} first
 * @property {Float64Array} weights
 * @property {Float64Array} slopes
 */

/**
 * @param {Range} range in steps of the grid without its padding
 * @param {number} count
 * @param {number} length of the padded grid
 * @returns {Weights}
 */
function weightsFor([from, to], count, length) {
  const first = new Int32Array(count);
  const [weights, slopes] = [new Float64Array(4 * count), new Float64Array(4 * count)];
  const last = length - 3;
  for (let pixel = 0; pixel < count; pixel += 1) {
    const place = from + ((to - from) * pixel) / Math.max(1, count - 1);
    // Half a step beyond the grid is the rounding of the axes.
    if (place < -0.5 || place > last + 0.5) {
      first[pixel] = -1;
      continue;
    }
    const index = Math.min(last - 1, Math.max(0, Math.floor(place)));
    const t = Math.min(1, Math.max(0, place - index));
    first[pixel] = index;
    weights.set([
      ((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2, ((4 - 3 * t) * t + 1) * t / 2, (t - 1) * t * t / 2,
    ], 4 * pixel);
    slopes.set([
      ((4 - 3 * t) * t - 1) / 2, (9 * t - 10) * t / 2, ((8 - 9 * t) * t + 1) / 2, (3 * t - 2) * t / 2,
    ], 4 * pixel);
  }
  return { first, weights, slopes };
}

/**
 * One row between the rows of the grid: its heights, and how they change from row to row.
 * @param {Float64Array} values
 * @param {number} start
 * @param {number} columns
 * @param {Weights} weights
 * @param {number} line
 * @param {Float64Array} heights
 * @param {Float64Array} changes
 */
function combine(values, start, columns, { weights, slopes }, line, heights, changes) {
  for (let column = 0; column < columns; column += 1) {
    let [height, change] = [0, 0];
    for (let tap = 0; tap < 4; tap += 1) {
      const value = /** @type {number} */ (values[start + tap * columns + column]);
      height += /** @type {number} */ (weights[4 * line + tap]) * value;
      change += /** @type {number} */ (slopes[4 * line + tap]) * value;
    }
    heights[column] = height;
    changes[column] = change;
  }
}

/**
 * @param {Weights} weights
 * @param {number} pixel
 */
function nearestOf({ weights }, pixel) {
  return /** @type {number} */ (weights[4 * pixel + 1]) >= /** @type {number} */ (weights[4 * pixel + 2]) ? 1 : 2;
}
