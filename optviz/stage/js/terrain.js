// @ts-check
// The surface of a 3-D chart as its grid of heights: how high it is, how a path lies on it, and what of it hides what.

/** @import { Numbers, Sight } from "./types.js" */
/** @typedef {{ time: Float64Array, x: Float64Array, y: Float64Array, z: Float64Array }} Trail */

const MOST_PIECES = 32; // of one step
const LIFT = 0.006; // of the height of the whole: a point this far above the ground is not hidden by the ground it stands on
const EDGE_SLACK = 1e-3; // cells: what is on the edge may lie beyond it by the rounding of single precision
const STRIDE = 1; // cells of the grid between two looks along a line of sight

export class Terrain {
  /**
   * @param {Numbers} x even, ascending
   * @param {Numbers} y even, ascending
   * @param {Numbers[]} rows heights, 0 … 1, a row for each y; NaN where there is no surface
   */
  constructor(x, y, rows) {
    this.rows = rows;
    this.left = x[0] ?? NaN;
    this.bottom = y[0] ?? NaN;
    this.right = x.at(-1) ?? NaN;
    this.top = y.at(-1) ?? NaN;
    this.columns = x.length - 1;
    this.lines = y.length - 1;
  }

  /** @param {number} x */
  across(x) {
    return ((x - this.left) / (this.right - this.left)) * this.columns;
  }

  /** @param {number} y */
  down(y) {
    return ((y - this.bottom) / (this.top - this.bottom)) * this.lines;
  }

  /**
   * How high the surface is: between the points of the grid what lies between them. NaN beyond its edge.
   * @param {number} x
   * @param {number} y
   */
  heightAt(x, y) {
    return this.between(this.across(x), this.down(y));
  }

  /**
   * @param {number} across in cells of the grid
   * @param {number} down
   */
  between(across, down) {
    const [x, y] = [held(across, 0, this.columns), held(down, 0, this.lines)];
    if (!(Math.max(Math.abs(across - x), Math.abs(down - y)) <= EDGE_SLACK)) return NaN;
    const column = Math.min(Math.floor(x), this.columns - 1);
    const line = Math.min(Math.floor(y), this.lines - 1);
    const [lower, upper] = [this.rows[line], this.rows[line + 1]];
    if (!lower || !upper) return NaN;
    const [right, up] = [x - column, y - line];
    const below = (lower[column] ?? NaN) * (1 - right) + (lower[column + 1] ?? NaN) * right;
    const above = (upper[column] ?? NaN) * (1 - right) + (upper[column + 1] ?? NaN) * right;
    return below * (1 - up) + above * up;
  }

  /**
   * A path laid onto the surface: each step in pieces of a cell, so that it follows the ground. `time` counts steps; where
   * the path is beyond the edge there is a gap of NaN.
   * @param {Numbers} x
   * @param {Numbers} y
   * @returns {Trail}
   */
  trail(x, y) {
    /** @type {number[][]} */
    const points = [];
    /** @type {(time: number, left: number, top: number) => void} */
    const visit = (time, left, top) => { points.push([time, left, top, this.heightAt(left, top)]); };
    visit(0, x[0] ?? NaN, y[0] ?? NaN);
    /** Whether the trail goes on from its last point. */
    const isOn = () => Number.isFinite(points.at(-1)?.[3]);
    for (let step = 0; step + 1 < x.length; step += 1) {
      const [x0 = NaN, y0 = NaN, x1 = NaN, y1 = NaN] = [x[step], y[step], x[step + 1], y[step + 1]];
      const [from, to] = this.inside(x0, y0, x1, y1);
      if (!(from <= to)) {
        visit(step + 1, NaN, NaN);
        continue;
      }
      if (from > 0) visit(step + from, NaN, NaN);
      const length = (to - from) * Math.hypot(this.across(x1) - this.across(x0), this.down(y1) - this.down(y0));
      const pieces = Math.max(1, Math.min(MOST_PIECES, Math.ceil(length)));
      for (let piece = isOn() ? 1 : 0; piece <= pieces; piece += 1) {
        const share = from + ((to - from) * piece) / pieces;
        // What is on the edge must not be beyond it by rounding.
        const left = held(x0 + share * (x1 - x0), this.left, this.right);
        visit(step + share, left, held(y0 + share * (y1 - y0), this.bottom, this.top));
      }
      if (to < 1) visit(step + to, NaN, NaN);
    }
    /** @param {number} place */
    const column = (place) => Float64Array.from(points, (point) => point[place] ?? NaN);
    return { time: column(0), x: column(1), y: column(2), z: column(3) };
  }

  /**
   * From which share of a straight line to which it is above the surface (Liang and Barsky 1984, doi:10.1145/357332.357333);
   * [1, 0] where it is nowhere.
   * @param {number} x0
   * @param {number} y0
   * @param {number} x1
   * @param {number} y1
   * @returns {[number, number]}
   */
  inside(x0, y0, x1, y1) {
    let [from, to] = [0, 1];
    if (![x0, y0, x1, y1].every(Number.isFinite)) return [1, 0];
    /** @type {[number, number, number, number][]} */
    const axes = [[x0, x1 - x0, this.left, this.right], [y0, y1 - y0, this.bottom, this.top]];
    for (const [start, by, least, most] of axes) {
      if (by === 0) {
        if (start < least || start > most) return [1, 0];
        continue;
      }
      const [one, other] = [(least - start) / by, (most - start) / by];
      from = Math.max(from, Math.min(one, other));
      to = Math.min(to, Math.max(one, other));
    }
    return from <= to ? [from, to] : [1, 0];
  }

  /**
   * Whether the surface lies between a point on it and the eye. Racers run on its upper side: from below it hides them.
   * @param {number} x
   * @param {number} y
   * @param {number} z
   * @param {Sight["eye"]} eye
   */
  hides(x, y, z, [eyeX, eyeY, eyeZ, last]) {
    let [across, down, height] = [this.across(x), this.down(y), z + LIFT];
    // Towards the eye, in cells and heights.
    const right = last ? this.across(eyeX) - across : (eyeX / (this.right - this.left)) * this.columns;
    const up = last ? this.down(eyeY) - down : (eyeY / (this.top - this.bottom)) * this.lines;
    const rise = last ? eyeZ - height : eyeZ;
    const length = Math.hypot(right, up);
    if (length < STRIDE) return rise < 0;
    const [stepX, stepY, stepZ] = [(right / length) * STRIDE, (up / length) * STRIDE, (rise / length) * STRIDE];
    // As far as the eye, or as the grid is long.
    const looks = Math.min(last ? length / STRIDE : Infinity, 2 * (this.columns + this.lines));
    for (let look = 1; look < looks; look += 1) {
      across += stepX;
      down += stepY;
      height += stepZ;
      if (height > 1 && stepZ >= 0) return false;
      if (across < 0 || down < 0 || across > this.columns || down > this.lines) return false;
      if (this.between(across, down) > height) return true;
    }
    return false;
  }
}

/**
 * The place in a trail where it is at a time: the index of a point, and a fraction towards the next one.
 * @param {Trail} trail
 * @param {number} time
 */
export function placeAt({ time: times }, time) {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((times[middle] ?? Infinity) <= time) low = middle;
    else high = middle - 1;
  }
  const [before = 0, after] = [times[low], times[low + 1]];
  return after === undefined || after <= before ? low : low + Math.max(0, (time - before) / (after - before));
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function held(value, least, most) {
  return Math.max(least, Math.min(most, value));
}
