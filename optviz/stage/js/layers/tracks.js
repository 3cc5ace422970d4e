// @ts-check
// The mark "tracks": racers that move, in two charts: their paths on the map, their curves beside it. The lower canvas
// keeps what has been travelled, the upper one shows heads, comet tails and the play-head.

/** @import { Box, Mark, Moment, Numbers, Racer, Scene, Shape, TracksLayer } from "../types.js" */
/** @typedef {{ step: number, left: number, top: number }} Exit */
/** @typedef {{ x: Float64Array, y: Float64Array, length: Float32Array, exit: Exit | null }} Course */
/** @typedef {{ racer: Racer, color: string, courses: Course[] }} Track */
/** @import { Head } from "../heads.js" */

import { at, clip, dashOf, exitOf, lengths, markerPath, stroke } from "../drawing.js";
import { crossPath, headsAsShapes, paintShape } from "../heads.js";
import { namesAsShapes } from "../names.js";
import { arrayOf, resolved } from "../message.js";
import { PathPen } from "../pen.js";

const TAIL_STEPS = 14;
const TAIL_PARTS = [1, 2, 3];
const HEAD = [6.5, 5]; // radii, by chart
const PIE = [8.5, 7];
const MARGIN = 7; // around a chart, so that a head on its edge is whole
const TRAVELLED = 2.2; // widths in pixels
const CASING = 2.8; // wider than the path that it makes readable on every ground
const UNLIT = 0.22; // how opaque the others are while one is pointed at
const PALE = 1.4;
const PALENESS = 0.38; // what Plotly draws the whole paths with: see optviz/figures/race.py

/** @implements {Mark} */
export class Tracks {
  /** @param {TracksLayer} layer */
  constructor(layer) {
    this.layer = layer;
    /** @type {Track[]} */
    this.tracks = [];
    /** @type {Numbers | null} where the play-head is at each step; by epoch each racer is elsewhere at the same step */
    this.playhead = null;
    /** @type {Scene} */
    this.scene;
  }

  /** @param {Scene} scene */
  measure(scene) {
    this.scene = scene;
    const { arrays, chosen, theme } = scene;
    const { racers } = this.layer;
    const [first] = racers;
    this.playhead = chosen["by"] === "epoch" || !first ? null : this.across(1, first.step);
    this.tracks = racers.map((racer) => {
      const curve = racer[/** @type {"loss" | "gap" | "length"} */ (chosen["axis"])] ?? racer.loss;
      const along = chosen["by"] === "epoch" ? racer.epoch : racer.step;
      const courses = [
        this.course(0, racer.x, racer.y, racer.lost_at),
        this.course(1, along, curve, racer.lost_at),
      ];
      return { racer, courses, color: resolved(racer.color, arrays, theme) };
    });
  }

  /**
   * @param {number} chart
   * @param {string} x
   * @param {string} y
   * @param {number} lostAt
   * @returns {Course}
   */
  course(chart, x, y, lostAt) {
    const [across, down] = [this.across(chart, x), this.down(chart, y)];
    const box = this.boxOf(chart);
    const exit = lostAt >= 0 ? exitOf(across, down, lostAt, box) : null;
    return { x: across, y: down, length: lengths(across, down), exit };
  }

  /**
   * @param {number} chart
   * @param {string} reference
   */
  across(chart, reference) {
    return inPixels(arrayOf(this.scene.arrays, reference), this.scene.geometry.x[chart]);
  }

  /**
   * @param {number} chart
   * @param {string} reference
   */
  down(chart, reference) {
    return inPixels(arrayOf(this.scene.arrays, reference), this.scene.geometry.y[chart]);
  }

  /**
   * @param {number} chart
   * @returns {Box}
   */
  boxOf(chart) {
    return this.scene.geometry.boxes[chart] ?? { left: 0, top: 0, width: 0, height: 0 };
  }

  /**
   * @param {(course: Course, track: Track, index: number) => void} paint
   * @param {number} chart
   * @param {number[]} hidden
   */
  each(chart, hidden, paint) {
    // A chart that the chosen view does not show has no room.
    if (!this.boxOf(chart).width) return;
    this.tracks.forEach((track, index) => {
      const course = track.courses[chart];
      if (course && !hidden.includes(index)) paint(course, track, index);
    });
  }

  /**
   * The casings of the paths on the map: below all of them, so that none cuts another.
   * @param {CanvasRenderingContext2D} context
   * @param {Moment} moment
   * @param {number | null} from
   */
  paintUnder(context, { position, hidden, lit }, from) {
    context.save();
    clip(context, this.boxOf(0));
    context.lineJoin = "round";
    context.strokeStyle = this.scene.theme["casing"];
    context.lineWidth = TRAVELLED * this.scene.thickness + CASING;
    this.each(0, hidden, ({ x, y }, _track, index) => {
      if (lit === null || lit === index) stroke(context, x, y, from ?? 0, position);
    });
    context.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Moment} moment
   * @param {number | null} from
   */
  paintKept(context, { position, hidden, lit, pathsAreHidden }, from) {
    const { ahead, thickness } = this.scene;
    this.scene.geometry.boxes.forEach((box, chart) => {
      context.save();
      clip(context, box);
      context.lineJoin = "round";
      if (ahead && !pathsAreHidden && from === null) this.paintPale(context, chart, hidden);
      this.each(chart, hidden, ({ x, y, length }, { color, racer }, index) => {
        context.globalAlpha = lit === null || lit === index ? 1 : UNLIT;
        context.strokeStyle = color;
        context.lineWidth = TRAVELLED * thickness;
        context.setLineDash(dashOf(racer.dash));
        context.lineDashOffset = at(length, from ?? 0);
        stroke(context, x, y, from ?? 0, position);
      });
      context.restore();
    });
  }

  /**
   * The whole paths, as Plotly will draw them.
   * @param {CanvasRenderingContext2D} context
   * @param {number} chart
   * @param {number[]} hidden
   */
  paintPale(context, chart, hidden) {
    context.globalAlpha = PALENESS;
    context.lineWidth = PALE * this.scene.thickness;
    this.each(chart, hidden, ({ x, y }, { color, racer }) => {
      context.strokeStyle = color;
      context.setLineDash(dashOf(racer.dash));
      stroke(context, x, y, 0, this.layer.steps);
    });
    context.globalAlpha = 1;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Moment} moment
   */
  paintMoving(context, { position, playing, hidden }) {
    this.paintPlayhead(context, position);
    this.scene.geometry.boxes.forEach(({ left, top, width, height }, chart) => {
      context.save();
      const right = chart === 1 ? this.scene.geometry.width - left : width + MARGIN;
      clip(context, { left: left - MARGIN, top: top - MARGIN, width: right + MARGIN, height: height + 2 * MARGIN });
      if (playing) this.each(chart, hidden, (course, { color }) => this.paintTail(context, course, color, position));
      for (const shape of this.headShapes(chart, position, hidden)) paintShape(context, shape);
      context.restore();
    });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} position
   */
  paintPlayhead(context, position) {
    if (!this.playhead) return;
    const box = this.boxOf(1);
    const place = at(this.playhead, position);
    context.save();
    clip(context, box);
    context.strokeStyle = this.scene.theme["accent"];
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(place, box.top);
    context.lineTo(place, box.top + box.height);
    context.stroke();
    context.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Course} course
   * @param {string} color
   * @param {number} position
   */
  paintTail(context, { x, y }, color, position) {
    context.strokeStyle = color;
    context.lineCap = "round";
    context.globalAlpha = 0.16;
    for (const part of TAIL_PARTS) {
      context.lineWidth = (3 + 2.2 * part) * this.scene.thickness;
      stroke(context, x, y, Math.max(0, position - TAIL_STEPS / part), position);
    }
    context.globalAlpha = 1;
  }

  /**
   * @param {number} chart
   * @param {number} position
   * @param {number[]} hidden
   */
  headShapes(chart, position, hidden) {
    /** @type {Head[]} */
    const heads = [];
    /** @type {string[]} */
    const names = [];
    this.each(chart, hidden, (course, track) => {
      const head = this.headOf(course, track, chart, position);
      if (!head) return;
      heads.push(head);
      names.push(track.racer.name);
    });
    const radius = (PIE[chart] ?? 0) * Math.sqrt(this.scene.thickness);
    const shapes = headsAsShapes(heads, { edge: this.scene.theme["label_back"], radius });
    return chart === 1 ? [...shapes, ...namesAsShapes(heads, names, this.scene)] : shapes;
  }

  /**
   * A racer's head: its marker, or a cross where the path left for good; null for neither.
   * @param {Course} course
   * @param {Track} track
   * @param {number} chart
   * @param {number} position
   * @returns {Head | null}
   */
  headOf({ x, y, exit }, { racer, color }, chart, position) {
    if (exit && position >= exit.step) {
      const { left, top } = exit;
      return { cross: true, left, top, color, path: crossPath(left, top) };
    }
    const [left, top] = [at(x, position), at(y, position)];
    if (!Number.isFinite(left) || !Number.isFinite(top)) return null;
    const radius = (HEAD[chart] ?? 0) * Math.sqrt(this.scene.thickness);
    return { cross: false, left, top, color, path: markerPath(racer.marker, left, top, radius) };
  }

  /**
   * @param {number} chart
   * @param {Moment} moment
   */
  shapes(chart, { position, hidden }) {
    /** @type {Shape[]} */
    const casings = [];
    /** @type {Shape[]} */
    const clipped = [];
    this.each(chart, hidden, ({ x, y }, { color, racer }) => {
      const pen = new PathPen();
      stroke(pen, x, y, 0, position);
      const width = TRAVELLED * this.scene.thickness;
      if (chart === 0) casings.push({ path: pen.text(), fill: "none", stroke: this.scene.theme["casing"], width: width + CASING });
      clipped.push({ path: pen.text(), fill: "none", stroke: color, width, dash: dashOf(racer.dash).join(" ") || "none" });
    });
    return { clipped: [...casings, ...clipped], free: this.headShapes(chart, position, hidden) };
  }
}

/**
 * @param {Numbers} values
 * @param {((value: number) => number) | undefined} place
 */
function inPixels(values, place) {
  const pixels = new Float64Array(values.length); // of a path that diverges they may go beyond 3e38
  if (!place) return pixels.fill(NaN);
  for (let i = 0; i < values.length; i += 1) pixels[i] = place(values[i] ?? NaN);
  return pixels;
}
