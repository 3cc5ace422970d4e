// @ts-check
// The mark "scene": racers that run on the surface of a 3-D chart. Plotly has drawn the surface; here is what moves on it,
// in pixels, and what the surface hides of it is drawn pale and dotted.

/** @import { Arrays, Mark, Moment, Racer, Scene, SceneLayer, Shape, Sight } from "../types.js" */
/** @import { Head } from "../heads.js" */
/** @import { Course, Run } from "../course.js" */
/** @import { Trail } from "../terrain.js" */
/** @typedef {{ step: number, left: number, top: number, behind: boolean }} Exit */
/** @typedef {{ racer: Racer, color: string, course: Course, exit: Exit | null }} Runner */

import { eachLine, eachRun } from "../course.js";
import { at, clip, dashOf, exitOf, lengths, markerPath, stroke } from "../drawing.js";
import { crossPath, headsAsShapes, paintShape } from "../heads.js";
import { arrayOf, resolved } from "../message.js";
import { Terrain, placeAt } from "../terrain.js";
import { markedPlaces, moved } from "./places.js";

export const SCENE_CHART = 2; // after the map and the curves
const MOST_LOOKS = 3000; // at trails, along lines of sight, for one camera
/** Sizes in pixels, as on the map: see tracks.js. */
const STYLE = {
  head: 6, pie: 8, start: 7.5, travelled: 2.2, casing: 2.8, pale: 1.4, paleness: 0.38, tailSteps: 14, tailParts: [1, 2, 3],
  unlit: 0.22, pinned: { opacity: 0.26, width: 6 },
  behind: { opacity: 0.4, width: 1.3, dash: [1.5, 4] },
};

/** @type {WeakMap<Arrays, { terrain: Terrain, trails: Map<string, Trail> }>} what does not depend on the camera */
const laid = new WeakMap();

/** @implements {Mark} */
export class SceneRunners {
  /** @param {SceneLayer} layer */
  constructor(layer) {
    this.layer = layer;
    /** @type {Runner[]} */
    this.runners = [];
    /** @type {{ course: Course, color: string, trace: number }[]} */
    this.pinned = [];
    /** @type {{ marks: Shape[], labels: Shape[] }} */
    this.places = { marks: [], labels: [] };
    /** @type {Scene} */
    this.scene;
  }

  /** @type {Sight | undefined} */
  get sight() {
    return this.scene.geometry.sight;
  }

  /** @param {Scene} scene */
  measure(scene) {
    this.scene = scene;
    const { arrays, racers, theme } = scene;
    [this.runners, this.pinned, this.places] = [[], [], { marks: [], labels: [] }];
    if (!this.sight) return;
    const { pinned } = this.layer;
    const trails = [...racers, ...pinned].map(({ x, y }) => this.trailOf(x, y));
    const looks = Math.ceil(trails.reduce((sum, { time }) => sum + time.length, 0) / MOST_LOOKS);
    /** @param {{ x: string, y: string }} path */
    const courseOf = ({ x, y }) => this.courseOf(this.trailOf(x, y), Math.max(1, looks));
    this.runners = racers.map((racer) => ({
      racer, color: resolved(racer.color, arrays, theme), course: courseOf(racer), exit: this.exitOf(racer),
    }));
    this.mark(0);
    this.pinned = pinned.map((path) => ({
      trace: path.trace, color: resolved(path.color, arrays, theme), course: courseOf(path),
    }));
  }

  /** @param {number} position where the places are marked that move */
  mark(position) {
    if (!this.sight) return;
    const { arrays } = this.scene;
    const places = this.layer.places.map(({ at: place, label, size }) => (
      { label, size, ...this.placeOf(...moved(place, this.layer.drift, arrays, position)) }));
    this.places = markedPlaces(places, this.sight.box, this.scene);
  }

  /**
   * A place on the surface, in pixels.
   * @param {number} x
   * @param {number} y
   */
  placeOf(x, y) {
    const height = this.terrain.heightAt(x, y);
    const [left = NaN, top = NaN] = this.sight?.project(x, y, height) ?? [];
    return { left, top, behind: this.isBehind(x, y, height) };
  }

  get terrain() {
    return this.known.terrain;
  }

  get known() {
    const { arrays } = this.scene;
    const { x, y, z } = this.layer.grid;
    const rows = arrays.get(z.slice(1));
    const known = laid.get(arrays);
    if (known) return known;
    const made = {
      terrain: new Terrain(arrayOf(arrays, x), arrayOf(arrays, y), Array.isArray(rows) ? rows : []), trails: new Map(),
    };
    laid.set(arrays, made);
    return made;
  }

  /**
   * @param {string} x
   * @param {string} y
   */
  trailOf(x, y) {
    const { terrain, trails } = this.known;
    const trail = trails.get(x) ?? terrain.trail(arrayOf(this.scene.arrays, x), arrayOf(this.scene.arrays, y));
    trails.set(x, trail);
    return trail;
  }

  /**
   * Where a trail is on the screen, and which parts of it are hidden. `looks` is how many points share one look.
   * @param {Trail} trail
   * @param {number} looks
   * @returns {Course}
   */
  courseOf(trail, looks) {
    const count = trail.time.length;
    const [x, y] = [new Float64Array(count), new Float64Array(count)];
    /** @type {Run[]} */
    const runs = [];
    for (let point = 0; point < count; point += 1) {
      const [left, top, height] = [trail.x[point] ?? NaN, trail.y[point] ?? NaN, trail.z[point] ?? NaN];
      [x[point], y[point]] = this.sight?.project(left, top, height) ?? [NaN, NaN];
      if (point % looks !== 0 || Number.isNaN(height)) continue;
      const behind = this.isBehind(left, top, height);
      const run = runs.at(-1);
      if (run?.behind === behind) continue;
      // Half-way between two looks the one begins and the other ends.
      const from = run ? Math.max(run.from, point - looks / 2) : 0;
      if (run) run.to = from;
      runs.push({ from, to: count - 1, behind });
    }
    return { trail, x, y, length: lengths(x, y), runs };
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} z
   */
  isBehind(x, y, z) {
    return this.sight !== undefined && this.terrain.hides(x, y, z, this.sight.eye);
  }

  /**
   * Where a path that diverges leaves the surface for good.
   * @param {Racer} racer
   * @returns {Exit | null}
   */
  exitOf({ x, y, lost_at: lost }) {
    if (lost < 0) return null;
    const { left, bottom, right, top } = this.terrain;
    const edge = { left, top: bottom, width: right - left, height: top - bottom };
    const found = exitOf(arrayOf(this.scene.arrays, x), arrayOf(this.scene.arrays, y), lost, edge);
    if (!found) return null;
    return { step: found.step, ...this.placeOf(found.left, found.top) };
  }

  /**
   * @param {number[]} hidden
   * @param {(runner: Runner, index: number) => void} paint
   */
  each(hidden, paint) {
    this.runners.forEach((runner, index) => {
      if (!hidden.includes(index)) paint(runner, index);
    });
  }

  /**
   * The casings of what is seen of the paths, below all of them.
   * @param {CanvasRenderingContext2D} context
   * @param {Moment} moment
   * @param {number | null} from
   */
  paintUnder(context, { position, hidden, lit }, from) {
    if (!this.sight) return;
    context.save();
    clip(context, this.sight.box);
    context.lineJoin = "round";
    context.strokeStyle = this.scene.theme["casing"];
    context.lineWidth = STYLE.travelled * this.scene.thickness + STYLE.casing;
    this.each(hidden, ({ course }, index) => {
      if (lit !== null && lit !== index) return;
      eachRun(course, placeAt(course.trail, from ?? 0), placeAt(course.trail, position), (start, stop, behind) => {
        if (!behind) stroke(context, course.x, course.y, start, stop);
      });
    });
    context.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Moment} moment
   * @param {number | null} from
   */
  paintKept(context, { position, hidden, lit, futureIsHidden, pathsAreHidden }, from) {
    if (!this.sight) return;
    context.save();
    clip(context, this.sight.box);
    context.lineJoin = "round";
    if (from === null) {
      this.paintPinned(context, hidden, futureIsHidden);
      for (const shape of this.placeShapes()) paintShape(context, shape);
      if (!pathsAreHidden) this.paintPale(context, hidden);
    }
    const { thickness } = this.scene;
    this.each(hidden, ({ course, color, racer }, index) => {
      const light = lit === null || lit === index ? 1 : STYLE.unlit;
      const [begin, end] = [placeAt(course.trail, from ?? 0), placeAt(course.trail, position)];
      eachRun(course, begin, end, (start, stop, behind) => {
        context.globalAlpha = light * (behind ? STYLE.behind.opacity : 1);
        context.setLineDash(behind ? STYLE.behind.dash : dashOf(racer.dash));
        context.lineDashOffset = at(course.length, start);
        context.strokeStyle = color;
        context.lineWidth = (behind ? STYLE.behind.width : STYLE.travelled) * thickness;
        stroke(context, course.x, course.y, start, stop);
      });
    });
    context.restore();
  }

  /**
   * The pinned paths, but for those that go with a hidden racer, or tell how the race ends.
   * @param {number[]} hidden
   * @param {boolean} futureIsHidden
   */
  pinnedInSight(hidden, futureIsHidden) {
    const { racers } = this.scene;
    return this.pinned.filter(({ trace }) => !racers.some(({ future, traces }, index) => (
      (hidden.includes(index) && traces.includes(trace)) || (futureIsHidden && future.includes(trace)))));
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number[]} hidden
   * @param {boolean} futureIsHidden
   */
  paintPinned(context, hidden, futureIsHidden) {
    for (const { course, color } of this.pinnedInSight(hidden, futureIsHidden)) {
      context.strokeStyle = color;
      context.lineWidth = STYLE.pinned.width * this.scene.thickness;
      eachRun(course, 0, course.x.length - 1, (start, stop, behind) => {
        context.globalAlpha = STYLE.pinned.opacity * (behind ? STYLE.behind.opacity : 1);
        stroke(context, course.x, course.y, start, stop);
      });
    }
    context.globalAlpha = 1;
  }

  /**
   * The whole paths, as Plotly draws them on the map.
   * @param {CanvasRenderingContext2D} context
   * @param {number[]} hidden
   */
  paintPale(context, hidden) {
    context.lineWidth = STYLE.pale * this.scene.thickness;
    this.each(hidden, ({ course, color, racer }) => {
      context.strokeStyle = color;
      eachRun(course, 0, course.x.length - 1, (start, stop, behind) => {
        context.globalAlpha = STYLE.paleness * (behind ? STYLE.behind.opacity : 1);
        context.setLineDash(behind ? STYLE.behind.dash : dashOf(racer.dash));
        stroke(context, course.x, course.y, start, stop);
      });
    });
    context.globalAlpha = 1;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Moment} moment
   */
  paintMoving(context, { position, playing, hidden }) {
    if (!this.sight) return;
    context.save();
    clip(context, this.sight.box);
    if (playing) this.each(hidden, (runner) => this.paintTail(context, runner, position));
    const marks = this.movingMarks(position);
    for (const shape of [...marks, ...this.headShapes(position, hidden), ...this.places.labels]) paintShape(context, shape);
    context.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Runner} runner
   * @param {number} position
   */
  paintTail(context, { course, color }, position) {
    const end = placeAt(course.trail, position);
    context.strokeStyle = color;
    context.lineCap = "round";
    for (const part of STYLE.tailParts) {
      context.lineWidth = (3 + 2.2 * part) * this.scene.thickness;
      eachRun(course, placeAt(course.trail, Math.max(0, position - STYLE.tailSteps / part)), end, (start, stop, behind) => {
        context.globalAlpha = behind ? 0.05 : 0.16;
        stroke(context, course.x, course.y, start, stop);
      });
    }
    context.globalAlpha = 1;
  }

  /**
   * @param {number} position
   * @param {number[]} hidden
   * @returns {Shape[]}
   */
  headShapes(position, hidden) {
    /** @type {Head[]} */
    const heads = [];
    const larger = Math.sqrt(this.scene.thickness);
    this.each(hidden, ({ course: { trail, x, y }, color, exit, racer }) => {
      if (exit && position >= exit.step) {
        heads.push({ cross: true, color, ...exit, path: crossPath(exit.left, exit.top) });
        return;
      }
      const place = placeAt(trail, position);
      const [left, top] = [at(x, place), at(y, place)];
      if (!Number.isFinite(left) || !Number.isFinite(top)) return;
      const behind = this.isBehind(at(trail.x, place), at(trail.y, place), at(trail.z, place));
      heads.push({ cross: false, left, top, color, behind, path: markerPath(racer.marker, left, top, STYLE.head * larger) });
    });
    return headsAsShapes(heads, { edge: this.scene.theme["label_back"], radius: STYLE.pie * larger });
  }

  /**
   * @param {number} position
   * @returns {Shape[]}
   */
  movingMarks(position) {
    if (!this.layer.drift) return [];
    this.mark(position);
    return this.places.marks;
  }

  /**
   * The marks of the minima, unless they move, and of the start, as on the map.
   * @returns {Shape[]}
   */
  placeShapes() {
    const [first] = this.runners;
    const marks = this.layer.drift ? [] : this.places.marks;
    if (!first) return marks;
    // All begin at the start.
    const { x, y } = first.course.trail;
    const { left, top, behind } = this.placeOf(x[0] ?? NaN, y[0] ?? NaN);
    if (!Number.isFinite(left)) return marks;
    const ring = { path: markerPath("circle", left, top, STYLE.start), fill: "none", ...(behind && { opacity: STYLE.behind.opacity }) };
    const { theme } = this.scene;
    return [
      ...marks, { ...ring, stroke: theme["casing"], width: 4.5 }, { ...ring, stroke: theme["accent"], width: 2 },
    ];
  }

  /**
   * In the order of the canvases: casings, what is pinned, the marks, whole paths, and what is travelled.
   * @param {number} chart
   * @param {Moment} moment
   */
  shapes(chart, { position, hidden, futureIsHidden, pathsAreHidden }) {
    if (chart !== SCENE_CHART || !this.sight) return { clipped: [], free: [] };
    const { theme, thickness } = this.scene;
    /** @type {Shape[][]} */
    const [casings = [], pinned = [], whole = [], travelled = []] = [];
    const casing = { stroke: theme["casing"], width: STYLE.travelled * thickness + STYLE.casing };
    for (const { course, color } of this.pinnedInSight(hidden, futureIsHidden)) {
      const { opacity, width } = STYLE.pinned;
      eachLine(course, course.x.length - 1, { stroke: color, width: width * thickness }, (line, behind) => {
        pinned.push({ ...line, opacity: opacity * (behind ? STYLE.behind.opacity : 1) });
      });
    }
    this.each(hidden, ({ course, color, racer }) => {
      /** @param {boolean} behind */
      const dashes = (behind) => (behind ? STYLE.behind.dash : dashOf(racer.dash)).join(" ") || "none";
      const end = placeAt(course.trail, position);
      eachLine(course, end, casing, (line, behind) => { if (!behind) casings.push(line); });
      if (!pathsAreHidden) {
        eachLine(course, course.x.length - 1, { stroke: color, width: STYLE.pale * thickness }, (line, behind) => {
          whole.push({ ...line, dash: dashes(behind), opacity: STYLE.paleness * (behind ? STYLE.behind.opacity : 1) });
        });
      }
      eachLine(course, end, { stroke: color, width: STYLE.travelled * thickness }, (line, behind) => {
        const dimmed = { width: STYLE.behind.width * thickness, opacity: STYLE.behind.opacity };
        travelled.push({ ...line, dash: dashes(behind), ...(behind && dimmed) });
      });
    });
    const clipped = [...casings, ...pinned, ...this.placeShapes(), ...whole, ...travelled, ...this.movingMarks(position)];
    return { clipped, free: [...this.headShapes(position, hidden), ...this.places.labels] };
  }
}
