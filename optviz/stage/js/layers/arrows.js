// @ts-check
// The mark "arrows": arrows that stay where they are, any number in one colour and width, on one chart. They are drawn
// on the lower canvas, below what moves, and have neither hover nor legend: those are a trace's.

/** @import { ArrowsLayer, Mark, Moment, Scene, Shape } from "../types.js" */
/** @typedef {NonNullable<ReturnType<typeof arrowOf>>} Arrow */

import { arrowOf } from "../arrow.js";
import { CHARTS } from "../axes.js";
import { clip } from "../drawing.js";
import { arrayOf, resolved } from "../message.js";

const WIDTH = 2; // pixels, where the figure names no other

/** @implements {Mark} */
export class Arrows {
  /** @param {ArrowsLayer} layer */
  constructor(layer) {
    this.layer = layer;
    this.chart = CHARTS.indexOf(layer.chart);
    /** @type {Arrow[]} */
    this.arrows = [];
    this.color = "";
    this.width = 0;
    /** @type {Scene} */
    this.scene;
  }

  /** @param {Scene} scene */
  measure(scene) {
    this.scene = scene;
    const { geometry, arrays, theme, thickness } = scene;
    const { layer, chart } = this;
    this.width = (layer.width ?? WIDTH) * thickness;
    this.color = resolved(layer.color, arrays, theme);
    const [box, across, down] = [geometry.boxes[chart], geometry.x[chart], geometry.y[chart]];
    if (!box || !across || !down) throw new Error(`the figure has no chart ${layer.chart} for arrows`);
    const [x1, y1, x2, y2] = [layer.x1, layer.y1, layer.x2, layer.y2].map((reference) => arrayOf(arrays, reference));
    /** @type {(values: typeof x1, place: number) => number} */
    const number = (values, place) => values?.[place] ?? NaN;
    this.arrows = Array.from(x1 ?? [], (_, i) => arrowOf(
      [across(number(x1, i)), down(number(y1, i))], [across(number(x2, i)), down(number(y2, i))], this.width, box,
    )).filter((arrow) => arrow !== null);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Moment} _
   * @param {number | null} from null: the canvas is empty
   */
  paintKept(context, _, from) {
    const box = this.scene.geometry.boxes[this.chart];
    if (from !== null || !box) return;
    context.save();
    clip(context, box);
    context.lineWidth = this.width;
    context.strokeStyle = this.color;
    context.fillStyle = this.color;
    for (const { shaft, head } of this.arrows) {
      context.stroke(new Path2D(shaft));
      context.fill(new Path2D(head));
    }
    context.restore();
  }

  /**
   * @param {number} chart
   * @returns {{ clipped: Shape[], free: Shape[] }}
   */
  shapes(chart) {
    const { arrows, color, width } = this;
    if (chart !== this.chart) return { clipped: [], free: [] };
    const clipped = arrows.flatMap(({ shaft, head }) => [
      ...(shaft ? [{ path: shaft, fill: "none", stroke: color, width }] : []),
      { path: head, fill: color, stroke: "none", width: 0 },
    ]);
    return { clipped, free: [] };
  }
}
