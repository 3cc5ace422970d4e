// @ts-check
// Strokes, markers and places on a canvas: no state, no figure.

/** @import { Box, Numbers } from "./types.js" */
/** @typedef {Pick<CanvasRenderingContext2D, "beginPath" | "moveTo" | "lineTo" | "stroke">} Pen */

/**
 * A colour as [red, green, blue] from 0 to 255; null where it is transparent or none.
 * @param {string} text
 * @returns {[number, number, number] | null}
 */
export function rgb(text) {
  const hex = /^\s*#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(text)?.slice(1).map((digits) => parseInt(digits, 16));
  const [red, green, blue, alpha = 1] = hex ?? /rgba?\(([^)]+)\)/.exec(text)?.[1]?.split(/[,\s/]+/).map(Number) ?? [];
  if (red === undefined || green === undefined || blue === undefined) return null;
  return alpha > 0 ? [red, green, blue] : null;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 */
export function clip(context, { left, top, width, height }) {
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
}

/**
 * The value at a fractional index; beyond the end the last one.
 * @param {Numbers} values
 * @param {number} position
 * @returns {number}
 */
export function at(values, position) {
  const index = Math.min(Math.floor(position), values.length - 1);
  const value = values[index] ?? NaN;
  const rest = position - index;
  const next = values[index + 1];
  return rest === 0 || next === undefined ? value : value * (1 - rest) + next * rest;
}

/**
 * Length of the path on the screen up to each point, so that dashes continue from frame to frame.
 * @param {Numbers} x
 * @param {Numbers} y
 */
export function lengths(x, y) {
  const total = new Float32Array(x.length);
  let sum = 0;
  for (let i = 1; i < x.length; i += 1) {
    const piece = Math.hypot(at(x, i) - at(x, i - 1), at(y, i) - at(y, i - 1));
    if (Number.isFinite(piece)) sum += Math.min(piece, 1e4);
    total[i] = sum;
  }
  return total;
}

/**
 * Where a path that diverges after step `lost` leaves a box for good: the step, and the place on the box's edge.
 * @param {Numbers} x
 * @param {Numbers} y
 * @param {number} lost
 * @param {Box} box
 */
export function exitOf(x, y, lost, box) {
  const [right, bottom] = [box.left + box.width, box.top + box.height];
  /** @param {number} i */
  const inside = (i) => at(x, i) >= box.left && at(x, i) <= right && at(y, i) >= box.top && at(y, i) <= bottom;
  let step = lost;
  while (step >= 0 && !inside(step)) step -= 1;
  if (step < 0) return null;
  const [left, top] = [at(x, step), at(y, step)];
  if (step === lost) return { step, left, top };
  // Of the way to the next point, the share that is inside.
  const [across, down] = [at(x, step + 1) - left, at(y, step + 1) - top];
  let share = 1;
  if (across > 0) share = Math.min(share, (right - left) / across);
  if (across < 0) share = Math.min(share, (box.left - left) / across);
  if (down > 0) share = Math.min(share, (bottom - top) / down);
  if (down < 0) share = Math.min(share, (box.top - top) / down);
  return { step: step + 1, left: left + share * across, top: top + share * down };
}

/**
 * The path from one position to another, with gaps where a value is missing.
 * @param {Pen} context
 * @param {Numbers} x
 * @param {Numbers} y
 * @param {number} from
 * @param {number} to
 */
export function stroke(context, x, y, from, to) {
  context.beginPath();
  let pen = false;
  /**
   * @param {number} left
   * @param {number} top
   */
  const visit = (left, top) => {
    const known = Number.isFinite(left) && Number.isFinite(top);
    if (known && pen) context.lineTo(bounded(left), bounded(top));
    else if (known) context.moveTo(bounded(left), bounded(top));
    pen = known;
  };
  visit(at(x, from), at(y, from));
  for (let i = Math.floor(from) + 1; i < to; i += 1) visit(at(x, i), at(y, i));
  visit(at(x, to), at(y, to));
  context.stroke();
}

// Canvas coordinates far outside the picture lose their precision; the clip hides what is out there anyway.
/** @param {number} value */
function bounded(value) {
  return Math.max(-1e5, Math.min(1e5, value));
}

/** @type {Map<string, number[]>} */
const DASHES = new Map([["dash", [9, 5]], ["dot", [2, 4]], ["dashdot", [9, 4, 2, 4]]]);

/**
 * Lengths of lines and gaps, in pixels.
 * @param {string} name
 */
export function dashOf(name) {
  return DASHES.get(name) ?? [];
}

// Corners, the turn of the first one, and for a star how far the inner corners are from the middle.
/** @type {Map<string, [number, number, number?]>} */
const POLYGONS = new Map([
  ["square", [4, Math.PI / 4]],
  ["diamond", [4, 0]],
  ["triangle-up", [3, 0]],
  ["triangle-down", [3, Math.PI]],
  ["hexagon", [6, 0]],
  ["pentagon", [5, 0]],
  ["triangle-right", [3, Math.PI / 2]],
  ["star", [5, 0, 0.5]],
  ["triangle-left", [3, -Math.PI / 2]],
  ["hexagram", [6, 0, 0.58]],
  ["star-diamond", [4, 0, 0.42]],
  ["star-square", [4, Math.PI / 4, 0.42]],
  ["star-triangle-up", [3, 0, 0.3]],
  ["star-triangle-down", [3, Math.PI, 0.3]],
  ["octagon", [8, Math.PI / 8]],
]);

/**
 * A marker by its name in Plotly, as the data of a path; a circle for those that are not known.
 * @param {string} name
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function markerPath(name, x, y, r) {
  if (name === "hourglass") return `M${x - r},${y - r}h${2 * r}L${x - r},${y + r}h${2 * r}Z`;
  const polygon = POLYGONS.get(name);
  if (!polygon) return `M${x - r},${y}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`;
  const [corners, turn, inner] = polygon;
  const count = inner ? corners * 2 : corners;
  const points = Array.from({ length: count }, (_, i) => {
    const angle = turn + (2 * Math.PI * i) / count;
    const radius = inner && i % 2 ? r * inner : r;
    return `${(x + radius * Math.sin(angle)).toFixed(2)},${(y - radius * Math.cos(angle)).toFixed(2)}`;
  });
  return `M${points.join("L")}Z`;
}

/**
 * A piece of a pie, from one share of the turn to another, clockwise from the top.
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @param {number} from
 * @param {number} to
 */
export function piePath(x, y, r, from, to) {
  /** @param {number} share */
  const corner = (share) => {
    const angle = 2 * Math.PI * share;
    return `${(x + r * Math.sin(angle)).toFixed(2)},${(y - r * Math.cos(angle)).toFixed(2)}`;
  };
  return `M${x.toFixed(2)},${y.toFixed(2)}L${corner(from)}A${r.toFixed(2)},${r.toFixed(2)} 0 ${to - from > 0.5 ? 1 : 0} 1 ${corner(to)}Z`;
}
