// @ts-check
// The mark "places": points of the map that have a name, each a "+" in a halo, with its label where there is room.

/** @import { Arrays, Box, Drift, Mark, Moment, PlacesLayer, Point, Scene, Shape } from "../types.js" */

import { at } from "../drawing.js";
import { paintShape } from "../heads.js";
import { beside, widthOf } from "../labels.js";
import { arrayOf, resolved } from "../message.js";
import { scaleShapes } from "../scale.js";

const HALO = 3; // pixels around a line
const LABEL_SIZE = 12.5; // the size of a label, in pixels
const BESIDE_HEADS = 14; // from the middle of a mark to its label: racers that stop there are that wide
const RIM = 3; // between a label and the edge of the map
const BEHIND_GROUND = 0.5; // how opaque is what lies behind the surface

/** @implements {Mark} */
export class Places {
  /** @param {PlacesLayer} layer */
  constructor(layer) {
    this.layer = layer;
    /** @type {Shape[]} */
    this.marks = [];
    /** @type {Shape[]} */
    this.labels = [];
    /** @type {Shape[]} */
    this.scale = [];
    /** @type {Scene} */
    this.scene;
  }

  get box() {
    return this.scene.geometry.boxes[0];
  }

  /** @param {Scene} scene */
  measure(scene) {
    this.scene = scene;
    [this.marks, this.labels, this.scale] = [[], [], []];
    const { box } = this;
    if (!box?.width) return;
    const taken = this.mark(0, box);
    if (this.layer.scale) this.scale = scaleShapes(resolved(this.layer.scale, scene.arrays, scene.theme), box, taken, scene);
  }

  /**
   * Marks the places where they are at a position, and says what room that takes.
   * @param {number} position
   * @param {Box} box
   */
  mark(position, box) {
    const { geometry, arrays } = this.scene;
    const seen = this.layer.places.map(({ at: place, label, size }) => {
      const [x, y] = moved(place, this.layer.drift, arrays, position);
      return { label, size, left: geometry.x[0]?.(x) ?? NaN, top: geometry.y[0]?.(y) ?? NaN };
    });
    const { marks, labels, taken } = markedPlaces(seen, box, this.scene);
    [this.marks, this.labels] = [marks, labels];
    return taken;
  }

  /** @param {number} position */
  follow(position) {
    if (this.layer.drift && this.box?.width) this.mark(position, this.box);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Moment} _moment
   * @param {number | null} from
   */
  paintUnder(context, _moment, from) {
    if (from !== null) return;
    for (const shape of this.layer.drift ? this.scale : [...this.scale, ...this.marks]) paintShape(context, shape);
  }

  /**
   * Paths lead to minima: the marks lie under them, the labels above; above lie also marks that move.
   * @param {CanvasRenderingContext2D} context
   * @param {Moment} moment
   */
  paintMoving(context, { position }) {
    this.follow(position);
    for (const shape of this.layer.drift ? [...this.marks, ...this.labels] : this.labels) paintShape(context, shape);
  }

  /**
   * @param {number} chart
   * @param {Moment} moment
   */
  shapes(chart, { position }) {
    this.follow(position);
    return chart === 0 ? { clipped: [...this.scale, ...this.marks], free: this.labels } : { clipped: [], free: [] };
  }
}

/**
 * Where a place is at a position.
 * @param {Point} place
 * @param {Drift | undefined} drift
 * @param {Arrays} arrays
 * @param {number} position
 * @returns {Point}
 */
export function moved([x, y], drift, arrays, position) {
  if (!drift) return [x, y];
  return [x + at(arrayOf(arrays, drift.x), position), y + at(arrayOf(arrays, drift.y), position)];
}

/**
 * Of the places within a box: a mark for each, and a label for each that has one where there is room.
 * @param {{ left: number, top: number, label: string, size: number, behind?: boolean }[]} places in pixels
 * @param {Box} box
 * @param {Pick<Scene, "theme" | "thickness" | "letters" | "font">} look
 */
export function markedPlaces(places, box, { theme, thickness, letters, font }) {
  const size = LABEL_SIZE * letters;
  const css = `600 ${size.toFixed(1)}px ${font}`;
  const seen = places.filter(({ left, top }) => left >= box.left && left <= box.left + box.width
    && top >= box.top && top <= box.top + box.height);
  const named = seen.filter(({ label }) => label);
  const wanted = named.map(({ left, top, label, size: arm }) => ({
    left, top, away: Math.max(arm + 5, BESIDE_HEADS), width: widthOf(label, css), height: size * 1.2,
  }));
  const shrunk = { left: box.left + RIM, top: box.top + RIM, width: box.width - 2 * RIM, height: box.height - 2 * RIM };
  const [fill, halo] = [theme["ink"], theme["casing"]];
  /** @param {{ behind?: boolean } | undefined} place */
  const dim = (place) => (place?.behind ? { opacity: BEHIND_GROUND } : {});
  const marks = seen.flatMap((place) => plus(place.left, place.top, place.size * Math.sqrt(thickness), fill, halo)
    .map((shape) => ({ ...shape, ...dim(place) })));
  const placed = beside(wanted, shrunk);
  const labels = placed.flatMap((place, index) => {
    if (!place) return [];
    const text = { content: named[index]?.label ?? "", left: place.left, middle: place.top + place.height / 2, font: css };
    return [{ path: "", fill, stroke: halo, width: HALO, text, ...dim(named[index]) }];
  });
  const around = seen.map((place) => {
    const reach = place.size * Math.sqrt(thickness) + HALO;
    return { left: place.left - reach, top: place.top - reach, width: 2 * reach, height: 2 * reach };
  });
  return { marks, labels, taken: [...around, ...placed.filter((place) => place !== null)] };
}

/**
 * @param {number} left
 * @param {number} top
 * @param {number} arm
 * @param {string} ink
 * @param {string} halo
 * @returns {Shape[]}
 */
function plus(left, top, arm, ink, halo) {
  /** @param {number} length */
  const path = (length) => `M${left - length},${top}h${2 * length}M${left},${top - length}v${2 * length}`;
  return [
    { path: path(arm + HALO / 2), fill: "none", stroke: halo, width: 2 + HALO },
    { path: path(arm), fill: "none", stroke: ink, width: 2 },
  ];
}
