// @ts-check
// The mark "swarm": many starts under one racer, as points that move with the play-head, on the map and in 3-D, below the
// heads of the racers. See optviz/swarm.py.

/** @import { Box, Mark, Moment, Numbers, Scene, Shape, SwarmLayer } from "../types.js" */
/** @typedef {[number, number]} Spot from the left and the top of the picture, in pixels */

import { clip, markerPath } from "../drawing.js";
import { arrayOf, resolved } from "../message.js";
import { Terrain } from "../terrain.js";
import { SCENE_CHART } from "./scene.js";

const SWARM_NOWHERE = 65535;
const SWARM_FINEST = 65534;
/** Radius and width of the casing in pixels; how opaque it is, behind the surface, and while another racer is pointed at. */
const SWARM_STYLE = { radius: 2.8, casing: 1.6, opacity: 0.9, behind: 0.3, unlit: 0.22 };

/** @implements {Mark} */
export class SwarmPoints {
  /** @param {SwarmLayer} layer */
  constructor(layer) {
    this.layer = layer;
    /** @type {Numbers} */
    this.places = new Uint16Array(0);
    this.color = "";
    /** @type {Terrain | null} null where there is no 3-D chart */
    this.terrain = null;
    /** @type {Scene} */
    this.scene;
  }

  /** @param {Scene} scene */
  measure(scene) {
    this.scene = scene;
    const { arrays, geometry, theme } = scene;
    const { color, grid, places } = this.layer;
    this.places = arrayOf(arrays, places);
    this.color = resolved(color, arrays, theme);
    const rows = arrays.get(grid.z.slice(1));
    this.terrain = geometry.sight && Array.isArray(rows)
      ? new Terrain(arrayOf(arrays, grid.x), arrayOf(arrays, grid.y), rows) : null;
  }

  /**
   * Where each start is at a position, as shares of the box; between two moments on a straight line. Whoever has gone
   * farther than the box at either of them is left out.
   * @param {number} position in steps
   * @returns {Spot[]} from its left and its bottom
   */
  sharesAt(position) {
    const { layer: { every, starts, steps }, places } = this;
    const last = Math.ceil(steps / every);
    const before = Math.min(Math.floor(position / every), last);
    const after = Math.min(before + 1, last);
    const length = Math.min(after * every, steps) - before * every;
    const part = length > 0 ? (position - before * every) / length : 0;
    /** @type {Spot[]} */
    const found = [];
    for (let start = 0; start < starts; start += 1) {
      const [from, to] = [2 * (before * starts + start), 2 * (after * starts + start)];
      const [x = NaN, y = NaN] = [places[from], places[from + 1]];
      const [nextX = NaN, nextY = NaN] = [places[to], places[to + 1]];
      if (x === SWARM_NOWHERE || (part > 0 && nextX === SWARM_NOWHERE)) continue;
      found.push([(x + part * (nextX - x)) / SWARM_FINEST, (y + part * (nextY - y)) / SWARM_FINEST]);
    }
    return found;
  }

  /**
   * The points of a chart that are seen: those in sight, and those behind the surface.
   * @param {number} chart
   * @param {number} position
   * @returns {{ box: Box | undefined, groups: { spots: Spot[], opacity: number }[] }}
   */
  seen(chart, position) {
    const { geometry } = this.scene;
    const [left, right, bottom, top] = this.layer.box;
    if (chart === SCENE_CHART) return { box: geometry.sight?.box, groups: this.seenInDepth(position) };
    const [across, down, box] = [geometry.x[0], geometry.y[0], geometry.boxes[0]];
    if (chart !== 0 || !across || !down || !box?.width) return { box: undefined, groups: [] };
    const [x0, x1, y0, y1] = [across(left), across(right), down(bottom), down(top)];
    const spots = this.sharesAt(position).map(([x, y]) => /** @type {Spot} */ ([x0 + x * (x1 - x0), y0 + y * (y1 - y0)]));
    return { box, groups: [{ spots: spots.filter((spot) => isWithin(box, spot)), opacity: SWARM_STYLE.opacity }] };
  }

  /** @param {number} position */
  seenInDepth(position) {
    const { sight } = this.scene.geometry;
    const { terrain } = this;
    const [left, right, bottom, top] = this.layer.box;
    /** @type {[Spot[], Spot[]]} */
    const [before, behind] = [[], []];
    if (!sight || !terrain) return [];
    for (const [across, up] of this.sharesAt(position)) {
      const [x, y] = [left + across * (right - left), bottom + up * (top - bottom)];
      const height = terrain.heightAt(x, y);
      const spot = sight.project(x, y, height);
      if (!Number.isFinite(height) || !Number.isFinite(spot[0])) continue;
      (terrain.hides(x, y, height, sight.eye) ? behind : before).push(spot);
    }
    return [{ spots: behind, opacity: SWARM_STYLE.behind }, { spots: before, opacity: SWARM_STYLE.opacity }];
  }

  get radius() {
    return SWARM_STYLE.radius * Math.sqrt(this.scene.thickness);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Moment} moment
   */
  paintMoving(context, { position, hidden, lit }) {
    const { racer } = this.layer;
    if (hidden.includes(racer)) return;
    for (const chart of [0, SCENE_CHART]) {
      const { box, groups } = this.seen(chart, position);
      if (!box) continue;
      context.save();
      clip(context, box);
      context.fillStyle = this.color;
      context.strokeStyle = this.scene.theme["casing"];
      context.lineWidth = 2 * SWARM_STYLE.casing;
      for (const { spots, opacity } of groups) {
        context.globalAlpha = lit === null || lit === racer ? opacity : SWARM_STYLE.unlit * opacity;
        context.beginPath();
        for (const [left, top] of spots) {
          context.moveTo(left + this.radius, top);
          context.arc(left, top, this.radius, 0, 2 * Math.PI);
        }
        context.stroke();
        context.fill();
      }
      context.restore();
    }
  }

  /**
   * @param {number} chart
   * @param {Moment} moment
   * @returns {{ clipped: Shape[], free: Shape[] }}
   */
  shapes(chart, { position, hidden }) {
    if (hidden.includes(this.layer.racer)) return { clipped: [], free: [] };
    const clipped = this.seen(chart, position).groups.filter(({ spots }) => spots.length > 0).flatMap(({ spots, opacity }) => {
      const path = spots.map(([left, top]) => markerPath("circle", toHundredths(left), toHundredths(top), toHundredths(this.radius))).join("");
      const casing = { path, fill: "none", stroke: this.scene.theme["casing"], width: 2 * SWARM_STYLE.casing, opacity };
      return [casing, { path, fill: this.color, stroke: "none", width: 0, opacity }];
    });
    return { clipped, free: [] };
  }
}

/** @param {number} pixels */
function toHundredths(pixels) {
  return Number(pixels.toFixed(2));
}

/**
 * Whether any of a point may be seen in a box.
 * @param {Box} box
 * @param {Spot} spot
 */
function isWithin({ left, top, width, height }, [x, y]) {
  const rim = SWARM_STYLE.radius * 2;
  return x >= left - rim && x <= left + width + rim && y >= top - rim && y <= top + height + rim;
}
