// @ts-check
// Where racers are at a moment: each by its marker, and those on one spot as the pieces of a pie, so that none hides another.

/** @import { Shape } from "./types.js" */
/** @typedef {{ cross: boolean, left: number, top: number, path: string, color: string, behind?: boolean }} Head */

import { piePath } from "./drawing.js";

const ONE_SPOT = 2; // pixels between heads that hide each other
const CROSS = 5; // half of its width
const BEHIND = 0.45; // how opaque what lies behind the surface is

/**
 * A cross where a path left for good.
 * @param {number} left
 * @param {number} top
 */
export function crossPath(left, top) {
  const width = 2 * CROSS;
  return `M${left - CROSS},${top - CROSS}l${width},${width}M${left + CROSS},${top - CROSS}l-${width},${width}`;
}

/**
 * @param {Head[]} heads
 * @param {{ edge: string, radius: number }} pie the colour of an edge, and the size of a pie
 * @returns {Shape[]}
 */
export function headsAsShapes(heads, { edge, radius }) {
  /** @type {Head[][]} */
  const spots = [];
  for (const head of heads) {
    const spot = spots.find(([first]) => first && first.behind === head.behind
      && Math.hypot(first.left - head.left, first.top - head.top) <= ONE_SPOT);
    if (spot) spot.push(head);
    else spots.push([head]);
  }
  return spots.flatMap((spot) => spot.map(({ behind, cross, path, color }, piece) => {
    const dim = behind ? { opacity: BEHIND } : {};
    if (cross) return { path, fill: "none", stroke: color, width: 2.5, ...dim };
    const [first] = spot;
    if (!first || spot.length === 1) return { path, fill: color, stroke: edge, width: 1.5, ...dim };
    const slice = piePath(first.left, first.top, radius, piece / spot.length, (piece + 1) / spot.length);
    return { path: slice, fill: color, stroke: edge, width: 1, ...dim };
  }));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Shape} shape
 */
export function paintShape(context, { path, fill, stroke: edge, width, opacity = 1, text }) {
  context.globalAlpha = opacity;
  context.lineWidth = width;
  context.strokeStyle = edge;
  context.fillStyle = fill;
  if (text) {
    paintText(context, text);
    context.globalAlpha = 1;
    return;
  }
  const shape = new Path2D(path);
  if (fill !== "none") context.fill(shape);
  context.stroke(shape);
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {NonNullable<Shape["text"]>} text
 */
function paintText(context, { content, left, middle, font }) {
  context.font = font;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.strokeText(content, left, middle);
  context.fillText(content, left, middle);
}
