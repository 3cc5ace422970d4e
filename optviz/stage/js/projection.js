// @ts-check
// From the coordinates of a 3-D chart to pixels, by the matrices that Plotly draws with. They are 4 × 4, column by column,
// as WebGL takes them: a point p is drawn where projection · view · model · (p · scale, 1) is, divided by its last number.

/** @import { Box, Sight } from "./types.js" */
/** @typedef {ArrayLike<number>} Matrix */
/** @typedef {{ model: Matrix, view: Matrix, projection: Matrix }} CameraParameters */

/**
 * How the chart is seen in a box of the picture.
 * @param {CameraParameters} parameters
 * @param {ArrayLike<number>} scale Plotly draws coordinates multiplied by it
 * @param {Box} box
 * @returns {Sight}
 */
export function sightOf({ model, view, projection }, scale, box) {
  const placed = product(view, scaled(model, scale));
  const whole = product(projection, placed);
  return {
    box,
    eye: eyeOf(placed, projection),
    project(x, y, z) {
      const last = row(whole, 3, x, y, z);
      if (!(last > 0)) return [NaN, NaN]; // behind the eye
      return [
        box.left + (0.5 + (0.5 * row(whole, 0, x, y, z)) / last) * box.width,
        box.top + (0.5 - (0.5 * row(whole, 1, x, y, z)) / last) * box.height,
      ];
    },
  };
}

/**
 * The eye in the coordinates of the chart, with 1 as the last number; or 0 where it is infinitely far away and the first
 * three say in which direction.
 * @param {Matrix} placed from the chart to the eye, which is at 0 and looks along −z
 * @param {Matrix} projection
 * @returns {Sight["eye"]}
 */
function eyeOf(placed, projection) {
  const isFar = entry(projection, 3, 3) !== 0;
  const from = isFar ? [0, 0, 1] : [0, 1, 2].map((place) => -entry(placed, place, 3));
  const [x = NaN, y = NaN, z = NaN] = solved(placed, from);
  return [x, y, z, isFar ? 0 : 1];
}

/**
 * The vector that the upper left 3 × 3 of a matrix takes to another one, by Cramer's rule.
 * @param {Matrix} matrix
 * @param {number[]} wanted
 */
function solved(matrix, wanted) {
  const columns = [0, 1, 2].map((column) => [0, 1, 2].map((place) => entry(matrix, place, column)));
  const all = determinant(columns);
  return columns.map((_, replaced) => determinant(columns.map((column, place) => (place === replaced ? wanted : column))) / all);
}

/** @param {number[][]} columns three of three */
function determinant([[a = 0, b = 0, c = 0] = [], [d = 0, e = 0, f = 0] = [], [g = 0, h = 0, i = 0] = []]) {
  return a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e);
}

/**
 * @param {Matrix} one
 * @param {Matrix} other
 * @returns {number[]}
 */
function product(one, other) {
  return Array.from({ length: 16 }, (_, place) => {
    const [across, down] = [Math.floor(place / 4), place % 4];
    return [0, 1, 2, 3].reduce((sum, k) => sum + entry(one, down, k) * entry(other, k, across), 0);
  });
}

/**
 * @param {Matrix} matrix
 * @param {ArrayLike<number>} scale
 */
function scaled(matrix, scale) {
  return Array.from(matrix, (value, place) => value * (scale[Math.floor(place / 4)] ?? 1));
}

/**
 * @param {Matrix} matrix
 * @param {number} down
 * @param {number} across
 */
function entry(matrix, down, across) {
  return matrix[4 * across + down] ?? NaN;
}

/**
 * One number of what a matrix makes of a point.
 * @param {Matrix} matrix
 * @param {number} down
 * @param {number} x
 * @param {number} y
 * @param {number} z
 */
function row(matrix, down, x, y, z) {
  return entry(matrix, down, 0) * x + entry(matrix, down, 1) * y + entry(matrix, down, 2) * z + entry(matrix, down, 3);
}
