// @ts-check
// The shape of an arrow: a shaft, and a filled triangle whose corner is where it points to.
//
// The shaft ends at the foot of the head, so that neither its square end is seen beside the tip nor the two are painted
// one above the other where the colour is translucent. An arrow that is shorter than its head is all head, made smaller;
// one without a length is a dot, for it is there as well.

/** @import { Box } from "./types.js" */
/** @typedef {[number, number]} Place in pixels, from the left and the top */

const HEAD_LENGTH = 4; // in widths of the shaft, on top of what follows
const LEAST_HEAD = 4; // pixels
const SLENDER = 0.42; // half the width of the head, as a share of its length
const NO_LENGTH = 0.5; // pixels: less shows no direction
const BEYOND = 64; // pixels outside a box, farther than any head reaches back into it

/**
 * The arrow from one place to another, as the data of two paths: `shaft`, to be stroked with `width`, and `head`, to be
 * filled. Null where nothing of it is in sight: an end is missing, or it passes by the box.
 * @param {Place} tail
 * @param {Place} tip
 * @param {number} width of the shaft, in pixels
 * @param {Box} box what is in sight
 * @returns {{ shaft: string, head: string } | null}
 */
export function arrowOf(tail, tip, width, box) {
  const ends = endsNear(tail, tip, box);
  if (!ends) return null;
  const [[fromLeft, fromTop], [left, top]] = ends;
  const length = Math.hypot(left - fromLeft, top - fromTop);
  if (length < NO_LENGTH) return { shaft: "", head: dotAt(left, top, width) };
  const [across, down] = [(left - fromLeft) / length, (top - fromTop) / length];
  const headLength = Math.min(length, HEAD_LENGTH * width + LEAST_HEAD);
  const half = SLENDER * headLength;
  const [footLeft, footTop] = [left - headLength * across, top - headLength * down];
  const corners = [
    pair(left, top), pair(footLeft - half * down, footTop + half * across), pair(footLeft + half * down, footTop - half * across),
  ];
  const head = `M${corners.join("L")}Z`;
  return { shaft: headLength < length ? `M${pair(fromLeft, fromTop)}L${pair(footLeft, footTop)}` : "", head };
}

/**
 * The ends of the piece that lies within the box or just outside of it: coordinates far away lose their precision.
 * @param {Place} tail
 * @param {Place} tip
 * @param {Box} box
 * @returns {[Place, Place] | null}
 */
function endsNear(tail, tip, box) {
  // Measured from the end that is nearer: from one that is 10³⁰ pixels away the other is lost in rounding.
  const middle = { left: box.left + box.width / 2, top: box.top + box.height / 2 };
  /** @param {Place} place */
  const away = ([left, top]) => Math.hypot(left - middle.left, top - middle.top);
  if (away(tail) <= away(tip)) return pieceNear(tail, tip, box);
  const piece = pieceNear(tip, tail, box);
  return piece && [piece[1], piece[0]];
}

/**
 * The same, cut by one edge after the other (Liang and Barsky 1984, doi:10.1145/357332.357333).
 * @param {Place} begin
 * @param {Place} end
 * @param {Box} box
 * @returns {[Place, Place] | null}
 */
function pieceNear(begin, end, { left, top, width, height }) {
  const [across, down] = [end[0] - begin[0], end[1] - begin[1]];
  const length = Math.hypot(across, down);
  if (!Number.isFinite(length)) return null;
  const [right, below] = length > 0 ? [across / length, down / length] : [0, 0];
  let [from, to] = [0, length];
  /** @type {[number, number, number, number][]} start, change for each pixel of the way, and the edges */
  const bounds = [
    [begin[0], right, left - BEYOND, left + width + BEYOND], [begin[1], below, top - BEYOND, top + height + BEYOND],
  ];
  for (const [start, change, least, most] of bounds) {
    if (change === 0 && (start < least || start > most)) return null;
    if (change === 0) continue;
    const [one, other] = [(least - start) / change, (most - start) / change];
    from = Math.max(from, Math.min(one, other));
    to = Math.min(to, Math.max(one, other));
  }
  /** @type {(way: number) => Place} */
  const after = (way) => [begin[0] + way * right, begin[1] + way * below];
  return from > to ? null : [after(from), to === length ? end : after(to)];
}

/**
 * @param {number} left
 * @param {number} top
 * @param {number} radius
 */
function dotAt(left, top, radius) {
  return `M${pair(left - radius, top)}a${radius},${radius} 0 1,0 ${2 * radius},0a${radius},${radius} 0 1,0 ${-2 * radius},0Z`;
}

/**
 * @param {number} x
 * @param {number} y
 */
function pair(x, y) {
  return `${x.toFixed(2)},${y.toFixed(2)}`;
}
