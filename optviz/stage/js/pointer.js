// @ts-check
// The pointer on the picture: a click into a chart sends its point, the handle can be dragged, two clicks take a chart's
// axes home. What is sent is the figure's to say: see `clicks` in optviz/figures/figure.py.

/** @import { Chart, ClickTarget, PlotElement, Point, State } from "./types.js" */

import { CHARTS } from "./axes.js";

const CLICK_THRESHOLD = 4; // pixels: whoever moves farther drags
const GRAB_RADIUS = 14;
const OFF = 20; // pixels: as far as Plotly looks for something to tell of
const DOUBLE_CLICK = 300; // milliseconds between two that belong together
const ONE_PLACE = { finger: 40, other: 8 }; // pixels between them

/**
 * @typedef {object} Charts where things are on the screen: see picture.js
 * @property {PlotElement} plot
 * @property {(chart: Chart, point: Point) => { left: number, top: number } | null} pixelOf
 * @property {(chart: Chart, place: { clientX: number, clientY: number }, held?: boolean) => Point | null} pointAt
 * @property {(place: { clientX: number, clientY: number }) => Chart} chartAt
 * @property {() => string[]} zoomed the charts that are zoomed
 */

/**
 * @typedef {object} Answers
 * @property {() => State} state
 * @property {(chart: Chart, point: Point, target: ClickTarget) => void} dragged the handle is here now
 * @property {(point: Point | null, target: ClickTarget) => void} dropped null: given up
 * @property {(point: Point, target: ClickTarget) => void} clicked
 * @property {(chart: Chart, point: Point) => void} pointedAt a click into a chart that sends nothing
 * @property {(chart: Chart) => void} clickedTwice
 * @property {(place: PointerEvent) => boolean} taken whether the click was for something that lies on the charts
 * @property {(isHushed: boolean) => void} hushed whether nothing is told of what lies under the pointer
 */

export class Pointer {
  /**
   * @param {Charts} charts
   * @param {Answers} answers
   */
  constructor(charts, answers) {
    this.charts = charts;
    this.answers = answers;
    this.listening = new AbortController();
    /** @type {MouseEvent | null} */
    this.down = null;
    /** @type {MouseEvent | null} */
    this.lastClick = null;
    /** @type {{ point: Point, target: ClickTarget } | null} a click that is shown, and may be the first of two */
    this.pending = null;
    this.timer = 0;
    /** @type {AbortController | null} while the handle is held */
    this.holding = null;
    /** @type {MouseEvent | null} where a handle was let go, until the pointer has left the place */
    this.letGo = null;
    this.listenForGrabs();
    this.listenForClicks();
  }

  // What is held is let go of, and nothing is said of it.
  giveUp() {
    this.takePending();
    this.down = null;
    this.holding?.abort();
    this.hush(false);
  }

  // The click that was not sent yet, if there is one; from here on it is the caller's.
  takePending() {
    clearTimeout(this.timer);
    const { pending } = this;
    this.pending = null;
    return pending;
  }

  sendPending() {
    const pending = this.takePending();
    if (pending) this.answers.dropped(pending.point, pending.target);
  }

  stop() {
    this.giveUp();
    this.listening.abort();
  }

  targets() {
    const clicks = this.answers.state().message?.header.clicks ?? {};
    return CHARTS.flatMap((chart) => (clicks[chart] ? [{ chart, target: clicks[chart] }] : []));
  }

  /**
   * The handle near a place on the screen.
   * @param {{ clientX: number, clientY: number }} place
   */
  handleNear({ clientX, clientY }) {
    const frame = this.charts.plot.getBoundingClientRect();
    return this.targets().find(({ chart, target }) => {
      const pixel = this.charts.pixelOf(chart, target.at);
      return pixel && Math.hypot(clientX - frame.left - pixel.left, clientY - frame.top - pixel.top) <= GRAB_RADIUS;
    });
  }

  /**
   * @param {boolean} isHushed
   * @param {MouseEvent | null} letGo
   */
  hush(isHushed, letGo = null) {
    this.letGo = letGo;
    this.answers.hushed(isHushed);
  }

  listenForGrabs() {
    const { plot } = this.charts;
    const { signal } = this.listening;
    for (const kind of ["pointermove", "pointerdown"]) {
      document.addEventListener(kind, (event) => {
        if (this.letGo && distanceOf(this.letGo, /** @type {PointerEvent} */ (event)) > OFF) this.hush(false);
      }, { capture: true, signal });
    }
    // Plotly begins its zoom on mousedown and touchstart; where a handle is grabbed they never reach it.
    plot.addEventListener("mousedown", (event) => {
      if (this.handleNear(event)) event.stopImmediatePropagation();
    }, { capture: true, signal });
    plot.addEventListener("touchstart", (event) => {
      const [touch, second] = event.touches;
      if (!touch || second || !this.handleNear(touch)) return;
      event.stopImmediatePropagation();
      event.preventDefault();
    }, { capture: true, passive: false, signal });
    plot.addEventListener("pointermove", (event) => {
      if (!this.answers.state().held) plot.classList.toggle("optviz-grab", this.handleNear(event) !== undefined);
    }, { signal });
    plot.addEventListener("pointerdown", (event) => {
      const near = event.isPrimary && event.button === 0 ? this.handleNear(event) : undefined;
      if (near) this.grab(event, near.chart, near.target);
    }, { capture: true, signal });
  }

  /**
   * @param {PointerEvent} begin
   * @param {Chart} chart
   * @param {ClickTarget} target
   */
  grab(begin, chart, target) {
    this.sendPending();
    const holding = new AbortController();
    this.holding = holding;
    const signal = AbortSignal.any([holding.signal, this.listening.signal]);
    let moved = false;
    document.addEventListener("pointermove", (event) => {
      if (event.pointerId !== begin.pointerId || (!moved && !isFar(begin, event))) return;
      if (!moved) this.hush(true);
      moved = true;
      const point = this.charts.pointAt(chart, event, true);
      if (point) this.answers.dragged(chart, point, target);
    }, { signal });
    /** @param {PointerEvent} event */
    const release = (event) => {
      if (event.pointerId !== begin.pointerId) return;
      holding.abort();
      if (!moved) return;
      this.hush(true, event);
      this.answers.dropped(event.type === "pointerup" ? this.charts.pointAt(chart, event, true) : null, target);
    };
    document.addEventListener("pointerup", release, { signal });
    document.addEventListener("pointercancel", release, { signal });
  }

  listenForClicks() {
    const { plot } = this.charts;
    const { signal } = this.listening;
    plot.addEventListener("pointerdown", (event) => {
      this.down = event.isPrimary && event.button === 0 ? event : null;
      // Plotly keeps the browser from moving the focus; a field that kept it would keep the keys.
      const focus = document.activeElement;
      if (focus instanceof HTMLElement && !plot.contains(focus)) focus.blur();
    }, { capture: true, signal });
    plot.addEventListener("click", (event) => event.stopPropagation(), { signal });
    // Plotly lays a cover over the page while a button is down.
    document.addEventListener("pointerup", (event) => {
      const { down } = this;
      this.down = null;
      const { target } = event;
      if (!down || !(target instanceof Element) || isFar(down, event)) return;
      if (plot.contains(target) || target.closest(".dragcover")) this.click(event);
    }, { capture: true, signal });
  }

  /**
   * A click is sent at once. Where the chart is zoomed a second one would take it home, and leave the start: there the
   * first is only shown, and sent when no second one has come.
   * @param {PointerEvent} event
   */
  click(event) {
    const again = this.lastClick !== null && areTwoOfOne(this.lastClick, event);
    this.lastClick = event;
    if (!again && this.answers.taken(event)) {
      this.lastClick = null;
      return;
    }
    const chart = this.charts.chartAt(event);
    if (again) {
      const first = this.takePending();
      if (first) this.answers.dropped(null, first.target);
      this.answers.clickedTwice(chart);
      return;
    }
    this.sendPending();
    const target = this.targets().find((candidate) => candidate.chart === chart)?.target;
    const point = target ? this.charts.pointAt(chart, event) : null;
    if (!target) {
      const place = this.charts.pointAt(chart, event);
      if (!place) return;
      if (!this.charts.zoomed().includes(chart)) this.answers.pointedAt(chart, place);
      else this.timer = setTimeout(() => this.answers.pointedAt(chart, place), DOUBLE_CLICK);
      return;
    }
    if (!point) return;
    if (!this.charts.zoomed().includes(chart)) {
      this.answers.clicked(point, target);
      return;
    }
    this.pending = { point, target };
    this.answers.dragged(chart, point, target);
    this.timer = setTimeout(() => this.sendPending(), DOUBLE_CLICK);
  }
}

/**
 * Whether a click is the second of a double click. Elsewhere it is another one, however soon: of a hand that tries one
 * start after the other none is lost.
 * @param {MouseEvent} first
 * @param {PointerEvent} second
 */
function areTwoOfOne(first, second) {
  const apart = ONE_PLACE[second.pointerType === "touch" ? "finger" : "other"];
  return second.timeStamp - first.timeStamp < DOUBLE_CLICK && distanceOf(first, second) <= apart;
}

/**
 * @param {MouseEvent} from
 * @param {MouseEvent} to
 */
function isFar(from, to) {
  return distanceOf(from, to) > CLICK_THRESHOLD;
}

/**
 * @param {MouseEvent} from
 * @param {MouseEvent} to
 */
function distanceOf(from, to) {
  return Math.hypot(to.clientX - from.clientX, to.clientY - from.clientY);
}
