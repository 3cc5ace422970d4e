// @ts-check
// The terms of an optimizer over time, a strip each: a line for x, a dashed one for y, and where the step is. A click on a
// strip goes there.

/** @import { Arrays, Theme, Words } from "../types.js" */
/** @import { InsideRacer, InsideSeries } from "./types.js" */

import { write } from "../elements.js";
import { resolved } from "../message.js";
import { number, put } from "../sentences.js";
import { rowOf, shape } from "./mark.js";

const [WIDTH, HEIGHT] = [400, 56]; // of a strip's own coordinates: it is stretched to its place
const EDGE = 4;
const COLUMNS = 500; // at most so many places along a strip; of what lies between two the extremes are drawn

/**
 * Where a value stands in a strip, from its lower edge, 0, to its upper, 1; NaN where it has no place.
 * @param {number} value
 * @param {Pick<InsideSeries, "logarithmic" | "range">} series
 */
export function heightOf(value, { logarithmic, range }) {
  if (!range || !Number.isFinite(value) || (logarithmic && !(value > 0))) return NaN;
  const [low, high] = logarithmic ? range.map(Math.log) : range;
  const at = logarithmic ? Math.log(value) : value;
  return high === low ? 0.5 : (at - Number(low)) / (Number(high) - Number(low));
}

/**
 * A line through values by step, with a gap where one is missing, as the data of a path.
 * @param {readonly number[]} heights 0 … 1
 */
export function lineThrough(heights) {
  const last = Math.max(1, heights.length - 1);
  const every = Math.max(1, Math.ceil(heights.length / COLUMNS));
  let [path, pen] = ["", false];
  for (let begin = 0; begin < heights.length; begin += every) {
    const within = heights.slice(begin, begin + every).filter(Number.isFinite);
    if (within.length === 0) pen = false;
    for (const height of within.length > 2 ? [Math.min(...within), Math.max(...within)] : within) {
      const place = `${((begin / last) * WIDTH).toFixed(1)},${(HEIGHT - EDGE - height * (HEIGHT - 2 * EDGE)).toFixed(1)}`;
      path += `${pen ? "L" : "M"}${place}`;
      pen = true;
    }
  }
  return path;
}

export class Strips {
  /**
   * @param {HTMLElement} place
   * @param {(step: number) => void} seek
   */
  constructor(place, seek) {
    this.place = place;
    this.seek = seek;
    this.steps = 0;
    /** @type {{ series: InsideSeries, now: SVGLineElement, value: HTMLElement, lines: SVGPathElement[] }[]} */
    this.strips = [];
  }

  /**
   * @param {InsideRacer} racer
   * @param {Arrays} arrays
   * @param {number} steps
   * @param {Words} text
   */
  receive({ series }, arrays, steps, text) {
    this.steps = steps;
    this.strips = [];
    this.place.replaceChildren(...series.map((one) => this.strip(one, arrays, text)));
  }

  /**
   * @param {InsideSeries} series
   * @param {Arrays} arrays
   * @param {Words} text
   */
  strip(series, arrays, text) {
    const box = document.createElement("figure");
    box.className = "inside-strip";
    const title = document.createElement("figcaption");
    title.innerHTML = series.symbol; // MathML of the core
    const [words, value] = [document.createElement("span"), document.createElement("output")];
    words.textContent = [series.told, ...(series.logarithmic ? [text["logarithmic"]] : [])].filter(Boolean).join(" · ");
    title.append(words, value);
    const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    const rows = Array.from({ length: this.steps + 1 }, (_, step) => rowOf(arrays, series.values, step));
    const zero = series.logarithmic ? NaN : heightOf(0, series);
    if (zero >= 0 && zero <= 1) {
      const at = HEIGHT - EDGE - zero * (HEIGHT - 2 * EDGE);
      svg.append(shape("line", { class: "inside-zero", x1: 0, x2: WIDTH, y1: at, y2: at }));
    }
    const axes = rows.some((row) => row.length > 1) ? [0, 1] : [0];
    const lines = axes.map((axis) => {
      const heights = rows.map((row) => heightOf(Number(row[axis] ?? NaN), series));
      const line = shape("path", { d: lineThrough(heights), fill: "none", "vector-effect": "non-scaling-stroke" });
      if (axis === 1) line.setAttribute("stroke-dasharray", "4 3");
      return line;
    });
    const now = shape("line", { class: "inside-now", y1: 0, y2: HEIGHT, "vector-effect": "non-scaling-stroke" });
    svg.append(...lines, now);
    svg.addEventListener("pointerdown", (event) => this.follow(svg, event));
    svg.addEventListener("pointermove", (event) => { if (event.buttons === 1) this.follow(svg, event); });
    const span = document.createElement("p");
    span.className = "inside-span";
    span.textContent = series.range ? put(text["to"], { low: number(series.range[0], 3), high: number(series.range[1], 3) }) : "";
    box.append(title, svg, span);
    this.strips.push({ series, now, value, lines });
    return box;
  }

  /**
   * @param {SVGSVGElement} svg
   * @param {PointerEvent} event
   */
  follow(svg, event) {
    const { left, width } = svg.getBoundingClientRect();
    this.seek(Math.round(((event.clientX - left) / width) * this.steps));
  }

  /**
   * @param {Arrays} arrays
   * @param {number} step
   */
  fill(arrays, step) {
    const at = String((step / Math.max(1, this.steps)) * WIDTH);
    for (const { series, now, value } of this.strips) {
      now.setAttribute("x1", at);
      now.setAttribute("x2", at);
      write(value, rowOf(arrays, series.values, step).map((one) => number(one, 3)).join(", "));
    }
  }

  /**
   * @param {Arrays} arrays
   * @param {Theme} theme
   */
  paint(arrays, theme) {
    for (const { series, lines } of this.strips) {
      for (const line of lines) line.setAttribute("stroke", resolved(series.color, arrays, theme));
    }
  }
}
