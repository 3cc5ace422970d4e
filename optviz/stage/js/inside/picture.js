// @ts-check
// The local picture of one step: the surface around it, the path so far, the step's displacements head to tail, and a bar
// that says how long they are. Its shapes are made once for a message; a step moves them.

/** @import { Arrays, Box, Numbers, Theme } from "../types.js" */
/** @import { InsideLayer, InsideRacer } from "./types.js" */
/** @import { Terrain } from "./levels.js" */
/** @import { Window } from "./window.js" */
/** @typedef {[number, number]} Place */

import { markerPath } from "../drawing.js";
import { write } from "../elements.js";
import { widthOf } from "../labels.js";
import { arrayOf, resolved } from "../message.js";
import { number } from "../sentences.js";
import { labelsApart } from "./apart.js";
import { colorAt, paintGround, placeOnRamp } from "./ground.js";
import { heightsIn, levelLine, levelsBetween, movedTerrain, rangeOf } from "./levels.js";
import { Mark, rowOf, shape } from "./mark.js";
import { isFarOut, scaleBar, windowAround } from "./window.js";

const FINE = 7; // pixels between two heights
const LINES = 12; // level lines in a picture
const FAR_OUT = 3; // times as far as all else: a comparison that is farther away points out of the picture
const BEFORE = 400; // steps of the path so far
const SHAFT = 3.4; // pixels
const TOTAL = 11;

export class LocalPicture {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.svg = shape("svg", { role: "img" });
    place.replaceChildren(this.canvas, this.svg);
    this.lines = shape("g", { class: "inside-levels" });
    this.edge = shape("path", { class: "inside-edge", fill: "none" });
    this.edgeText = shape("text", { class: "inside-edge-name" });
    this.path = shape("path", { class: "inside-path", fill: "none" });
    this.dots = shape("path", { class: "inside-dots" });
    this.marksGroup = shape("g");
    this.asked = shape("circle", { r: 6, class: "inside-asked" });
    this.from = shape("circle", { r: 5.5, class: "inside-from" });
    this.to = shape("path", { class: "inside-to" });
    this.letters = shape("g");
    this.bar = shape("g", { class: "inside-bar" });
    this.barLine = shape("path", { fill: "none" });
    this.barText = shape("text");
    this.bar.append(this.barLine, this.barText);
    const ground = [this.lines, this.edge, this.edgeText, this.path, this.dots];
    this.svg.append(...ground, this.marksGroup, this.asked, this.from, this.to, this.letters, this.bar);
    /** @type {[number, number]} */
    this.size = [0, 0];
    this.font = "";
    this.letterSize = 14;
    /** @type {Mark[]} all, and of them those of the terms, and those that the step is compared with */
    this.marks = [];
    /** @type {Mark[]} */
    this.own = [];
    /** @type {Mark[]} */
    this.others = [];
    /** @type {Mark | null} */
    this.totalMark = null;
    /** @type {InsideLayer | null} */
    this.layer = null;
    /** @type {InsideRacer | null} */
    this.racer = null;
    /** @type {Arrays | null} */
    this.arrays = null;
    /** @type {Terrain | null} */
    this.terrain = null;
    this.askedText = shape("text", { class: "inside-letters", "text-anchor": "middle", "dominant-baseline": "central" });
    /** @type {Window | null} */
    this.window = null;
  }

  /**
   * Another message: the shapes of its arrows.
   * @param {InsideLayer} layer
   * @param {InsideRacer} racer
   * @param {Arrays} arrays
   */
  receive(layer, racer, arrays) {
    this.layer = layer;
    this.racer = racer;
    this.arrays = arrays;
    const { x, y, losses } = layer.map;
    this.terrain = {
      x: arrayOf(arrays, x), y: arrayOf(arrays, y), rows: /** @type {Numbers[]} */ (arrays.get(losses.slice(1)) ?? []),
    };
    const alone = racer.arrows.length === 1;
    const total = alone ? `${racer.total.label} = ${racer.arrows[0]?.label}` : racer.total.label;
    /** @type {Mark[]} */
    const others = [];
    if (racer.plain) others.push(new Mark(racer.plain, { role: "plain", width: 2.2, dashed: true }));
    const { counterpart } = racer;
    for (const arrow of counterpart?.arrows ?? []) {
      others.push(new Mark(arrow, { role: "other", width: 2, dashed: true, label: "" }));
    }
    if (counterpart) {
      others.push(new Mark(counterpart.total, { role: "other-total", width: 2.6, dashed: true, label: counterpart.name }));
    }
    this.totalMark = new Mark(racer.total, { role: "total", width: TOTAL, label: total });
    this.own = racer.arrows.map((arrow, place) => (
      new Mark(arrow, { role: "term", width: SHAFT, place, label: alone ? "" : arrow.label })));
    this.others = others;
    this.marks = [this.totalMark, ...others, ...this.own];
    this.marksGroup.replaceChildren(...this.marks.map(({ group }) => group));
    this.askedText.textContent = racer.asked?.label ?? "";
    this.letters.replaceChildren(...this.marks.map(({ text }) => text), this.askedText);
  }

  /**
   * How large the picture is, in pixels, and its letters: asked of the page when that changes, never between two steps,
   * where the browser would have to lay the whole page out to say it.
   */
  measure() {
    this.size = [this.place.clientWidth, this.place.clientHeight];
    const { fontFamily, fontSize } = getComputedStyle(this.askedText);
    this.letterSize = parseFloat(fontSize) || this.letterSize; // larger in a lecture room
    this.font = `600 ${this.letterSize}px ${fontFamily}`;
  }

  /** How many pixels a unit of the surface has; NaN where nothing is shown. */
  get scale() {
    return this.window ? this.size[0] / (this.window.x[1] - this.window.x[0]) : NaN;
  }

  /** @param {Theme} theme */
  paint(theme) {
    const { arrays } = this;
    if (arrays) for (const mark of this.marks) mark.paint(theme, arrays);
  }

  /**
   * @param {number} step
   * @param {Theme} theme
   * @param {"light" | "dark"} name of the theme
   */
  draw(step, theme, name) {
    const { arrays, layer, racer, terrain, totalMark } = this;
    const [width, height] = this.size;
    if (!arrays || !layer || !racer || !terrain || !totalMark || width < 20 || height < 20) return;
    const from = /** @type {Place} */ (rowOf(arrays, racer.points, Math.max(0, step - 1)));
    const to = /** @type {Place} */ (rowOf(arrays, racer.points, step));
    const asked = racer.asked ? /** @type {Place} */ (rowOf(arrays, racer.asked.at, step)) : null;
    const [left, right, bottom, top] = layer.domain;
    const needed = this.placesInSight(step, from, to, asked);
    const view = windowAround(needed, width / height, Math.hypot(right - left, top - bottom));
    this.window = view;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.place.dataset["lost"] = String(view === null);
    if (!view) return;
    /** @type {(place: Place) => Place} */
    const pixel = ([x, y]) => [
      ((x - view.x[0]) / (view.x[1] - view.x[0])) * width, height - ((y - view.y[0]) / (view.y[1] - view.y[0])) * height,
    ];
    const box = { left: 0, top: 0, width, height };
    this.drawGround(view, { width, height }, step, from, theme, name);
    this.drawEdge(layer.domain, pixel, theme);
    this.drawPath(step, pixel, box, theme);
    this.drawPlaces(step, { from: pixel(from), to: pixel(to), asked: asked && pixel(asked) }, theme);
    this.drawArrows(step, pixel, box, asked && pixel(asked));
    this.drawBar(view, width, height, theme);
  }

  /**
   * What the window has to show: the step, what it is made of, and what it is compared with, unless that is far away.
   * @param {number} step
   * @param {Place} from
   * @param {Place} to
   * @param {Place | null} asked
   * @returns {Place[]}
   */
  placesInSight(step, from, to, asked) {
    const { arrays, own, others } = this;
    if (!arrays) return [];
    const places = [from, to, ...(asked ? [asked] : []), ...own.flatMap((mark) => mark.ends(arrays, step) ?? [])];
    const compared = others.flatMap((mark) => {
      const ends = mark.ends(arrays, step);
      return ends && !isFarOut(from, ends[1], places, FAR_OUT) ? ends : [];
    });
    return [...places, ...compared];
  }

  /**
   * @param {Window} view
   * @param {{ width: number, height: number }} size
   * @param {number} step
   * @param {Place} from
   * @param {Theme} theme
   * @param {"light" | "dark"} name
   */
  drawGround(view, { width, height }, step, from, theme, name) {
    const { arrays, canvas, layer, racer, terrain } = this;
    if (!arrays || !layer || !racer || !terrain) return;
    const ratio = window.devicePixelRatio || 1;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
    // The surface that the step was made from.
    const before = Math.max(0, step - 1);
    const local = rowOf(arrays, racer.local, before);
    const ground = movedTerrain(terrain, layer.drift ? rowOf(arrays, layer.drift, before) : []);
    const grid = heightsIn(view, Math.ceil(width / FINE) + 1, Math.ceil(height / FINE) + 1, ground, from, local);
    paintGround(canvas, grid, theme, name);
    const [low, high] = rangeOf(grid);
    const levels = levelsBetween(low, high, LINES);
    while (this.lines.childElementCount < levels.length) this.lines.append(shape("path", { fill: "none" }));
    [...this.lines.children].forEach((line, index) => {
      const level = levels[index];
      line.setAttribute("d", level === undefined ? "" : levelLine(grid, level, width, height));
      if (level === undefined) return;
      const place = placeOnRamp((level - low) / (high - low), name);
      line.setAttribute("stroke", `rgb(${colorAt(theme["relief_lines"], place).map(Math.round).join(",")})`);
    });
  }

  /**
   * Where the surface of the race ends.
   * @param {InsideLayer["domain"]} domain
   * @param {(place: Place) => Place} pixel
   * @param {Theme} theme
   */
  drawEdge([left, right, bottom, top], pixel, theme) {
    const corners = /** @type {Place[]} */ ([[left, bottom], [right, bottom], [right, top], [left, top]]);
    const places = corners.map((corner) => pixel(corner).map((value) => bounded(value).toFixed(1)).join(","));
    this.edge.setAttribute("d", `M${places.join("L")}Z`);
    this.edge.setAttribute("stroke", theme["ink"]);
    const [width, height] = this.size;
    const [[from, below], [to, above]] = [pixel([left, bottom]), pixel([right, top])];
    const upright = [from, to].find((place) => place > 0 && place < width);
    const level = [below, above].find((place) => place > 0 && place < height);
    this.edgeText.style.display = upright === undefined && level === undefined ? "none" : "";
    const isLeft = (upright ?? 0) < width / 2;
    this.edgeText.setAttribute("x", String(upright === undefined ? 8 : upright + (isLeft ? 6 : -6)));
    this.edgeText.setAttribute("y", String(upright === undefined ? (level ?? 0) - 6 : this.letterSize + 4));
    this.edgeText.setAttribute("text-anchor", isLeft ? "start" : "end");
    Object.assign(this.edgeText.style, { fill: theme["ink"], stroke: theme["casing"] });
  }

  /**
   * The way so far, and where its steps ended.
   * @param {number} step
   * @param {(place: Place) => Place} pixel
   * @param {Box} box
   * @param {Theme} theme
   */
  drawPath(step, pixel, box, theme) {
    const { arrays, racer } = this;
    if (!arrays || !racer) return;
    const [line, dots] = [/** @type {string[]} */ ([]), /** @type {string[]} */ ([])];
    const first = Math.max(0, step - BEFORE);
    for (let at = first; at < step; at += 1) {
      const [left, top] = pixel(/** @type {Place} */ (rowOf(arrays, racer.points, at)));
      if (!Number.isFinite(left) || !Number.isFinite(top)) continue;
      const [x, y] = [bounded(left), bounded(top)];
      line.push(`${x.toFixed(1)},${y.toFixed(1)}`);
      const isInSight = left >= 0 && left <= box.width && top >= 0 && top <= box.height;
      if (isInSight) dots.push(markerPath("circle", left, top, 2.6));
    }
    const color = resolved(racer.color, arrays, theme);
    this.path.setAttribute("d", line.length > 1 ? `M${line.join("L")}` : "");
    this.path.setAttribute("stroke", color);
    this.dots.setAttribute("d", dots.join(""));
    this.dots.setAttribute("fill", color);
  }

  /**
   * @param {number} step
   * @param {{ from: Place, to: Place, asked: Place | null }} places
   * @param {Theme} theme
   */
  drawPlaces(step, { from, to, asked }, theme) {
    const { arrays, racer } = this;
    if (!arrays || !racer) return;
    const color = resolved(racer.color, arrays, theme);
    for (const [circle, place] of /** @type {const} */ ([[this.from, step > 0 ? from : null], [this.asked, asked]])) {
      const isThere = place !== null && place.every(Number.isFinite);
      circle.style.display = isThere ? "" : "none";
      if (!isThere) continue;
      circle.setAttribute("cx", place[0].toFixed(2));
      circle.setAttribute("cy", place[1].toFixed(2));
      Object.assign(circle.style, { stroke: circle === this.asked ? theme["ink"] : color, fill: theme["casing"] });
    }
    const isThere = to.every(Number.isFinite);
    this.to.setAttribute("d", isThere ? markerPath(racer.marker, to[0], to[1], 6.5) : "");
    Object.assign(this.to.style, { fill: color, stroke: theme["casing"] });
    Object.assign(this.askedText.style, { fill: theme["ink"], stroke: theme["casing"] });
  }

  /**
   * @param {number} step
   * @param {(place: Place) => Place} pixel
   * @param {Box} box
   * @param {Place | null} asked
   */
  drawArrows(step, pixel, box, asked) {
    const { arrays } = this;
    if (!arrays) return;
    const { font } = this;
    const wanted = this.marks.map((mark) => {
      const ends = step > 0 ? mark.ends(arrays, step) : null;
      const pixels = ends && /** @type {[Place, Place]} */ ([pixel(ends[0]), pixel(ends[1])]);
      if (!mark.move(pixels, box) || !pixels || !mark.label) return null;
      // What is too short to be an arrow needs no name.
      if (Math.hypot(pixels[1][0] - pixels[0][0], pixels[1][1] - pixels[0][1]) < 1) return null;
      return { tail: pixels[0], tip: pixels[1], width: widthOf(mark.label, font) + 8, height: this.letterSize + 6 };
    });
    const ofAsked = step > 0 && asked?.every(Number.isFinite) && this.askedText.textContent
      ? { tail: asked, tip: asked, width: widthOf(this.askedText.textContent, font) + 8, height: this.letterSize + 6 } : null;
    // What the step is made of has the choice, then the step, then what it is compared with.
    const order = [...this.marks.keys()].sort((one, other) => rankOf(this.marks[one]) - rankOf(this.marks[other]));
    const corner = { left: 0, top: box.height - 40, width: box.width * 0.4, height: 40 };
    const boxes = labelsApart([...order.map((place) => wanted[place] ?? null), ofAsked], box, [corner]);
    [...order.map((place) => this.marks[place]?.text), this.askedText].forEach((text, place) => {
      const there = boxes[place];
      if (!text) return;
      text.style.display = there ? "" : "none";
      text.setAttribute("x", String((there?.left ?? 0) + (there?.width ?? 0) / 2));
      text.setAttribute("y", String((there?.top ?? 0) + (there?.height ?? 0) / 2));
    });
  }

  /**
   * @param {Window} view
   * @param {number} width
   * @param {number} height
   * @param {Theme} theme
   */
  drawBar(view, width, height, theme) {
    const length = scaleBar(view.x[1] - view.x[0]);
    const pixels = (length / (view.x[1] - view.x[0])) * width;
    this.barLine.setAttribute("d", `M12,${height - 18}v6h${pixels.toFixed(1)}v-6`);
    write(this.barText, number(length));
    this.barText.setAttribute("x", "14");
    this.barText.setAttribute("y", String(height - 22));
    Object.assign(this.barLine.style, { stroke: theme["ink"] });
    Object.assign(this.barText.style, { fill: theme["ink"], stroke: theme["casing"] });
  }
}

/** @param {Mark | undefined} mark */
function rankOf(mark) {
  return ["term", "total", "plain", "other-total", "other"].indexOf(mark?.group.dataset["role"] ?? "");
}

// Coordinates far outside the picture lose their precision.
/** @param {number} value */
function bounded(value) {
  return Math.max(-1e5, Math.min(1e5, value));
}
