// @ts-check
// Where the labels of arrows go: beside the arrow, on no other label, on as few arrows as can be, and in the picture.

/** @import { Box } from "../types.js" */

import { overlap } from "../labels.js";

const ALONG = [0.5, 0.35, 0.65, 0.2, 0.8, 1, 0.05]; // shares of the way from tail to tip
const AWAY = [5, 16, 30, 48]; // pixels between arrow and label

// What speaks against a place.
const OUT_OF_SIGHT = 1e4;
const ON_A_LABEL = 1e3;
const ON_AN_ARROW = 25;
const OFF_THE_MIDDLE = 8;
const NEAR_A_LABEL = 14;
const NEAR = 7; // pixels between two labels

/** @typedef {[number, number]} Place in pixels, from the left and the top */
/**
 * @typedef {object} Wanted
 * @property {Place} tail
 * @property {Place} tip
 * @property {number} width of the label
 * @property {number} height
 */

/**
 * The boxes of the labels; the first ones have the choice. Null for an arrow of which nothing is in sight.
 * @param {readonly (Wanted | null)[]} wanted
 * @param {Box} box what is in sight
 * @param {readonly Box[]} taken where no label may be
 * @returns {(Box | null)[]}
 */
export function labelsApart(wanted, box, taken = []) {
  const arrows = wanted.flatMap((one) => (one ? [one] : []));
  const placed = [...taken];
  return wanted.map((one) => {
    if (!one) return null;
    let [best, least] = [/** @type {Box | null} */ (null), Infinity];
    for (const [place, cost] of candidates(one, box)) {
      const against = cost
        + placed.filter((other) => overlap(other, place)).length * ON_A_LABEL
        + placed.filter((other) => overlap(other, grown(place, NEAR))).length * NEAR_A_LABEL
        + arrows.filter((arrow) => crosses(arrow.tail, arrow.tip, place)).length * ON_AN_ARROW
        + (isWithin(place, box) ? 0 : OUT_OF_SIGHT);
      if (against < least) [best, least] = [place, against];
    }
    if (best) placed.push(best);
    return best;
  });
}

/**
 * @param {Box} box
 * @param {number} by
 */
function grown({ left, top, width, height }, by) {
  return { left: left - by, top: top - by, width: width + 2 * by, height: height + 2 * by };
}

/**
 * @param {Wanted} wanted
 * @param {Box} box
 * @returns {[Box, number][]} places beside the part of an arrow that is in sight, and how far they are from the best one
 */
function candidates({ tail, tip, width, height }, box) {
  const [across, down] = [tip[0] - tail[0], tip[1] - tail[1]];
  const length = Math.hypot(across, down);
  const [right, below] = length > 1e-6 ? [across / length, down / length] : [1, 0];
  /** @type {[Box, number][]} */
  const found = [];
  for (const share of ALONG) {
    const [left, top] = [tail[0] + share * across, tail[1] + share * down];
    if (!isWithin({ left, top, width: 0, height: 0 }, box)) continue;
    for (const away of AWAY) {
      for (const side of [1, -1]) {
        const reach = away + (Math.abs(below) * width + Math.abs(right) * height) / 2;
        const middle = [left - side * below * reach, top + side * right * reach];
        const cost = away + OFF_THE_MIDDLE * Math.abs(share - 0.5);
        found.push([{ left: (middle[0] ?? 0) - width / 2, top: (middle[1] ?? 0) - height / 2, width, height }, cost]);
      }
    }
  }
  return found;
}

/**
 * @param {Box} inner
 * @param {Box} outer
 */
function isWithin(inner, outer) {
  return inner.left >= outer.left && inner.top >= outer.top
    && inner.left + inner.width <= outer.left + outer.width && inner.top + inner.height <= outer.top + outer.height;
}

/**
 * Whether a piece of a line passes through a box: the part of it within each pair of edges has to be the same somewhere.
 * @param {Place} from
 * @param {Place} to
 * @param {Box} box
 */
export function crosses(from, to, { left, top, width, height }) {
  let [begin, end] = [0, 1];
  /** @type {[number, number, number, number][]} */
  const pairs = [[from[0], to[0] - from[0], left, left + width], [from[1], to[1] - from[1], top, top + height]];
  for (const [start, change, least, most] of pairs) {
    if (change === 0 && (start < least || start > most)) return false;
    if (change === 0) continue;
    const [one, other] = [(least - start) / change, (most - start) / change];
    begin = Math.max(begin, Math.min(one, other));
    end = Math.min(end, Math.max(one, other));
  }
  return begin <= end;
}
