// @ts-check
// Where labels go so that none lies on another, and how wide they are.

/** @import { Box } from "./types.js" */

const BETWEEN = 6; // pixels between two labels in one line, which would be read as one

/** @type {CanvasRenderingContext2D | null} */
let ruler = null;

/**
 * How wide a text is, in pixels.
 * @param {string} text
 * @param {string} font as CSS
 */
export function widthOf(text, font) {
  ruler ??= document.createElement("canvas").getContext("2d");
  if (!ruler) return 0;
  ruler.font = font;
  return ruler.measureText(text).width;
}

/**
 * A text that is no wider than it may be: what is cut off its end is told by "…".
 * @param {string} text
 * @param {number} most
 * @param {(text: string) => number} width
 */
export function elided(text, most, width) {
  if (width(text) <= most) return text;
  const letters = [...text];
  while (letters.length && width(`${letters.join("").trimEnd()}…`) > most) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

/**
 * Where labels of one height stand beside what they name: each as near to its own place as the others allow, in the order
 * of their places, all between two edges. Those that would overlap stand one under the other around the mean of their
 * places, which moves them least in all (pool adjacent violators: M. Ayer et al. 1955, doi:10.1214/aoms/1177728423).
 * @param {readonly number[]} wanted the middle of each
 * @param {number} height
 * @param {number} from
 * @param {number} to
 * @returns {number[] | null} the middles; null where there is no room for all
 */
export function spread(wanted, height, from, to) {
  if (wanted.length * height > to - from + 1e-9) return null;
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0) || a - b);
  /** @type {{ sum: number, count: number }[]} groups of neighbours, by the sum of where each would have its first one */
  const groups = [];
  /** @param {{ sum: number, count: number }} group */
  const top = ({ sum, count }) => {
    const middle = Math.min(Math.max(sum / count, from + height / 2), to - height * (count - 0.5));
    return middle;
  };
  for (const index of order) {
    let last = { sum: wanted[index] ?? 0, count: 1 };
    let before = groups.at(-1);
    while (before && top(before) + height * before.count > top(last)) {
      last = { sum: before.sum + last.sum - height * before.count * last.count, count: before.count + last.count };
      groups.pop();
      before = groups.at(-1);
    }
    groups.push(last);
  }
  const middles = groups.flatMap((group) => Array.from({ length: group.count }, (_, place) => top(group) + height * place));
  const placed = new Array(wanted.length);
  order.forEach((index, place) => { placed[index] = middles[place]; });
  return placed;
}

/**
 * Labels beside points: to the right, to the left, below or above, wherever one is inside a box and on nothing that has
 * its place already. The first ones have the choice; null for one without room.
 * @param {readonly { left: number, top: number, width: number, height: number, away: number }[]} points each with the
 *   size of its label, and how far away from the point that has to be
 * @param {Box} box
 * @returns {(Box | null)[]}
 */
export function beside(points, box) {
  const taken = points.map(({ left, top, away }) => ({ left: left - away / 2, top: top - away / 2, width: away, height: away }));
  return points.map(({ left, top, width, height, away }, index) => {
    const places = [
      { left: left + away, top: top - height / 2 },
      { left: left - away - width, top: top - height / 2 },
      { left: left - width / 2, top: top + away },
      { left: left - width / 2, top: top - away - height },
    ].map((corner) => ({ ...corner, width, height }));
    const place = places.find((here) => inside(here, box)
      && taken.every((other, owner) => owner === index || !overlap(here, other)));
    if (place) taken.push({ ...place, left: place.left - BETWEEN, width: width + 2 * BETWEEN });
    return place ?? null;
  });
}

/**
 * @param {Box} inner
 * @param {Box} outer
 */
function inside(inner, outer) {
  return inner.left >= outer.left && inner.top >= outer.top
    && inner.left + inner.width <= outer.left + outer.width && inner.top + inner.height <= outer.top + outer.height;
}

/**
 * @param {Box} one
 * @param {Box} other
 */
export function overlap(one, other) {
  return one.left < other.left + other.width && other.left < one.left + one.width
    && one.top < other.top + other.height && other.top < one.top + one.height;
}
