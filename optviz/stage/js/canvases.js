// @ts-check
// The two canvases above Plotly's picture: the lower one keeps what has been drawn, the upper one is drawn anew each time.

/** @import { Geometry, Layer, Mark, Moment, Scene } from "./types.js" */

import { markerPath } from "./drawing.js";
import { markFor } from "./layers/marks.js";

// Pixels of a canvas for one of the page, at most. What is kept is seen at rest, on a phone of three; of what is drawn
// anew sixty times a second more costs time and is not seen.
const SHARPEST_KEPT = 4;
const SHARPEST_MOVING = 2;
const HANDLE = 10; // the radius of a handle that is held
const RESTING = 7.5; // and of one that rests, as Plotly draws it

export class Canvases {
  /**
   * @param {HTMLCanvasElement} kept
   * @param {HTMLCanvasElement} moving
   */
  constructor(kept, moving) {
    this.kept = kept;
    this.moving = moving;
    this.ratio = 1; // device pixels for one of the page
    this.frames = 0;
    /** @type {Mark[]} */
    this.marks = [];
    /** @type {Scene | null} null before Plotly has drawn */
    this.scene = null;
    /** @type {number | null} the position up to which the lower canvas is drawn; null where it has to be drawn anew */
    this.keptTo = null;
  }

  /**
   * Says where everything is on the screen; a painting has to follow.
   * @param {readonly Layer[]} layers
   * @param {Scene} scene
   */
  measure(layers, scene) {
    this.resize(scene.geometry);
    this.scene = scene;
    this.marks = layers.map(markFor);
    for (const mark of this.marks) mark.measure(scene);
    this.keptTo = null;
  }

  /** @param {Geometry} geometry */
  resize({ width, height }) {
    this.ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.kept, this.moving]) {
      const ratio = this.ratioOf(canvas);
      const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (canvas.width === wide && canvas.height === high) continue;
      [canvas.width, canvas.height] = [wide, high];
      [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
    }
  }

  /** @param {HTMLCanvasElement} canvas */
  ratioOf(canvas) {
    return Math.min(this.ratio, canvas === this.kept ? SHARPEST_KEPT : SHARPEST_MOVING);
  }

  /**
   * @param {Moment} moment
   * @param {{ left: number, top: number, held: boolean }[]} handles to be drawn on top of Plotly's
   */
  paint(moment, handles) {
    if (!this.scene) return;
    const { position } = moment;
    const from = this.keptTo !== null && this.keptTo <= position ? this.keptTo : null;
    if (from !== position) {
      const context = this.contextOf(this.kept, from === null);
      for (const mark of this.marks) mark.paintKept?.(context, moment, from);
      this.keptTo = position;
    }
    const context = this.contextOf(this.moving, true);
    for (const mark of this.marks) mark.paintMoving?.(context, moment);
    for (const handle of handles) this.paintHandle(context, handle);
    this.frames += 1;
  }

  // What is kept is drawn anew with the next painting.
  forget() {
    this.keptTo = null;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {boolean} empty
   */
  contextOf(canvas, empty) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const ratio = this.ratioOf(canvas);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (empty) context.clearRect(0, 0, canvas.width, canvas.height);
    return context;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {{ left: number, top: number, held: boolean }} handle
   */
  paintHandle(context, { left, top, held }) {
    context.strokeStyle = this.scene?.theme["accent"];
    context.lineWidth = held ? 3 : 2;
    context.stroke(new Path2D(markerPath("circle", left, top, held ? HANDLE : RESTING)));
  }

  /**
   * What the canvases show, to be painted elsewhere, as sharp as it is there.
   * @param {Moment} moment
   * @returns {(context: CanvasRenderingContext2D) => void}
   */
  painter(moment) {
    const { marks } = this;
    return (context) => {
      for (const mark of marks) mark.paintKept?.(context, moment, null);
      for (const mark of marks) mark.paintMoving?.(context, moment);
    };
  }

  /**
   * What the canvases show, as shapes.
   * @param {number} chart
   * @param {Moment} moment
   */
  shapes(chart, moment) {
    return this.marks.flatMap((mark) => mark.shapes?.(chart, moment) ?? []);
  }
}
