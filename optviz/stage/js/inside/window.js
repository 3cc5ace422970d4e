// @ts-check
// Which piece of the plane is shown around a step, and how a length in it is told.

/** @import { Range } from "../types.js" */
/** @typedef {[number, number]} Place */
/** @typedef {{ x: Range, y: Range }} Window in the surface's own coordinates; a unit is as long on both axes */

const MARGIN = 0.22; // of what is shown, on each side: room for labels
const LEAST = 1e-9; // of the domain: less is lost in the rounding of its coordinates
const STILL = 0.02; // of the domain, around a step that goes nowhere
const GROWTH = Math.SQRT2; // windows come in sizes so far apart, so that the scale does not tremble from step to step
const BAR = 0.3; // the longest that a scale bar may be, as a share of the window's width

/**
 * The window around places, of so many times the height in width, in one of a few sizes; around what is but a point one
 * that shows the surface there.
 * @param {readonly Place[]} places those that are not finite are left out
 * @param {number} aspect width by height
 * @param {number} size of the domain
 * @returns {Window | null} null where none of them is finite
 */
export function windowAround(places, aspect, size) {
  const known = places.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  if (known.length === 0) return null;
  /** @param {0 | 1} axis */
  const span = (axis) => {
    const values = known.map((place) => place[axis]);
    return /** @type {Range} */ ([Math.min(...values), Math.max(...values)]);
  };
  const [across, up] = [span(0), span(1)];
  const needed = Math.max((across[1] - across[0]) / aspect, up[1] - up[0]) / (1 - 2 * MARGIN);
  const least = LEAST * Math.max(size, Math.abs(across[0]), Math.abs(up[0]));
  const height = sizeOf(needed > least ? needed : STILL * size);
  const middle = [(across[0] + across[1]) / 2, (up[0] + up[1]) / 2];
  const [x = 0, y = 0] = middle;
  return {
    x: [x - (height * aspect) / 2, x + (height * aspect) / 2],
    y: [y - height / 2, y + height / 2],
  };
}

/**
 * The smallest of the sizes that is large enough.
 * @param {number} needed
 */
function sizeOf(needed) {
  return GROWTH ** Math.ceil(Math.log(needed) / Math.log(GROWTH) - 1e-9);
}

/**
 * Whether what is this far away would make all else too small to be seen: then it may point out of the window.
 * @param {Place} from
 * @param {Place} to
 * @param {readonly Place[]} places that are shown in any case
 * @param {number} times
 */
export function isFarOut(from, to, places, times) {
  const known = places.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const extent = Math.max(...known.map(([x, y]) => Math.hypot(x - from[0], y - from[1])));
  const away = Math.hypot(to[0] - from[0], to[1] - from[1]);
  return !(away <= times * extent);
}

/**
 * The length of a scale bar: 1, 2 or 5 times a power of ten, as long as there is room for.
 * @param {number} width of the window
 */
export function scaleBar(width) {
  const most = BAR * width;
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((digit) => digit * power).find((length) => length <= most) ?? power;
}
