// @ts-check
// A trail on the surface of a 3-D chart as it is seen: where its points are on the screen, and which parts are hidden.

/** @import { Shape } from "./types.js" */
/** @import { Trail } from "./terrain.js" */
/** @typedef {{ from: number, to: number, behind: boolean }} Run a part of a trail, by its points */
/** @typedef {{ trail: Trail, x: Float64Array, y: Float64Array, length: Float32Array, runs: Run[] }} Course */

import { stroke } from "./drawing.js";
import { PathPen } from "./pen.js";

/**
 * The visible and the hidden parts of a trail between two places in it.
 * @param {Course} course
 * @param {number} from
 * @param {number} to
 * @param {(from: number, to: number, behind: boolean) => void} visit
 */
export function eachRun({ runs }, from, to, visit) {
  for (const run of runs) {
    const [start, stop] = [Math.max(from, run.from), Math.min(to, run.to)];
    if (start < stop) visit(start, stop, run.behind);
  }
}

/**
 * A trail from its beginning as shapes, a line for each part that is seen or hidden.
 * @param {Course} course
 * @param {number} to
 * @param {{ stroke: string, width: number }} look
 * @param {(line: Shape, behind: boolean) => void} visit
 */
export function eachLine(course, to, look, visit) {
  eachRun(course, 0, to, (start, stop, behind) => visit({ path: pathOf(course, start, stop), fill: "none", ...look }, behind));
}

/**
 * A part of a trail as the data of a path.
 * @param {Course} course
 * @param {number} from
 * @param {number} to
 */
function pathOf({ x, y }, from, to) {
  const pen = new PathPen();
  stroke(pen, x, y, from, to);
  return pen.text();
}
