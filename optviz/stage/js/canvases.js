// @ts-check
// The canvases around Plotly's picture: one below it, for the ground; above it two that keep what has been drawn, the
// lower for what must lie under all of it, and one that is drawn anew each time.

/** @import { Elements, Geometry, Layer, Mark, Moment, Scene } from "./types.js" */

import { markerPath } from "./drawing.js";
import { markFor } from "./layers/marks.js";

// Pixels of a canvas for one of the page, at most. What is kept is seen at rest, on a phone of three; of what is drawn
// anew sixty times a second, and of the ground, which has no edges, more costs time and is not seen.
const SHARPEST_KEPT = 4;
const SHARPEST_OTHER = 2;
// Of a handle: the radius and the width of its line, held and at rest; at rest it is as Plotly draws it.
const HANDLE = 10;
const HANDLE_LINE = 3;
const RESTING = 7.5;
const RESTING_LINE = 2.5;

export class Canvases {
  /** @param {Pick<Elements, "ground" | "under" | "kept" | "moving">} elements */
  constructor(elements) {
    const { ground, under, kept, moving } = elements;
    this.elements = elements;
    /** @type {CanvasRenderingContext2DSettings | undefined} */
    this.settings = undefined;
    this.ground = ground;
    this.under = under;
    this.kept = kept;
    this.moving = moving;
    this.ratio = 1; // device pixels for one of the page
    this.frames = 0;
    /** @type {Mark[]} */
    this.marks = [];
    /** @type {Scene | null} null before Plotly has drawn */
    this.scene = null;
    /** @type {number | null} the position up to which the kept canvases are drawn; null where they have to be drawn anew */
    this.keptTo = null;
    this.groundKey = "";
  }

  /**
   * Where no graphics card draws, a canvas that the processor paints is several times as quick. How a canvas is painted is
   * settled with its first use: new ones take the places of the old ones, and a painting has to follow.
   */
  paintByProcessor() {
    if (this.settings) return;
    this.settings = { willReadFrequently: true };
    for (const name of /** @type {const} */ (["ground", "under", "kept", "moving"])) {
      const fresh = /** @type {HTMLCanvasElement} */ (this[name].cloneNode());
      this[name].replaceWith(fresh);
      this[name] = this.elements[name] = fresh;
    }
    [this.keptTo, this.groundKey] = [null, ""];
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
    this.paintGround();
  }

  // The ground costs more than a frame has time for: it is painted once, and again where it has become another one.
  paintGround() {
    const key = JSON.stringify([this.ratio, ...this.marks.map((mark) => mark.groundKey?.())]);
    if (key === this.groundKey) return;
    this.groundKey = key;
    const context = this.contextOf(this.ground, true);
    for (const mark of this.marks) mark.paintGround?.(context, this.ratioOf(this.ground));
  }

  /**
   * The ground as it is now, to be made a picture of its own with so many pixels for one of the page.
   * @returns {(ratio: number) => HTMLCanvasElement}
   */
  groundMaker() {
    const { marks, scene } = this;
    return (ratio) => {
      const canvas = document.createElement("canvas");
      const { width = 0, height = 0 } = scene?.geometry ?? {};
      [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      for (const mark of marks) mark.paintGround?.(context, ratio);
      return canvas;
    };
  }

  /** @param {Geometry} geometry */
  resize({ width, height }) {
    this.ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.ground, this.under, this.kept, this.moving]) {
      const ratio = this.ratioOf(canvas);
      const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
      if (canvas.width === wide && canvas.height === high) continue;
      this.groundKey = "";
      [canvas.width, canvas.height] = [wide, high];
      [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
    }
  }

  /** @param {HTMLCanvasElement} canvas */
  ratioOf(canvas) {
    return Math.min(this.ratio, canvas === this.kept || canvas === this.under ? SHARPEST_KEPT : SHARPEST_OTHER);
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
      const [under, kept] = [this.contextOf(this.under, from === null), this.contextOf(this.kept, from === null)];
      for (const mark of this.marks) mark.paintUnder?.(under, moment, from);
      for (const mark of this.marks) mark.paintKept?.(kept, moment, from);
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
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", this.settings));
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
    context.lineWidth = held ? HANDLE_LINE : RESTING_LINE;
    context.stroke(new Path2D(markerPath("circle", left, top, held ? HANDLE : RESTING)));
  }

  /**
   * What the canvases show now, to be painted elsewhere, as sharp as it is there.
   * @param {Moment} moment
   * @returns {(context: CanvasRenderingContext2D) => void}
   */
  painter(moment) {
    const { marks } = this;
    return (context) => {
      for (const mark of marks) mark.paintUnder?.(context, moment, null);
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
