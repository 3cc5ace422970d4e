// @ts-check
// What stands still: Plotly draws it, in place, one picture at a time, and knows where everything is on the screen.

/** @import { Box, Camera, Chart, Elements, Geometry, PlotElement, PlotlyAxis, PlotlyModule, Point, State } from "./types.js" */

import { Axes, finerThanPixel } from "./axes.js";
import { arrangementFor, figureOf, lettersFor, sceneFigureOf } from "./figure.js";
import { aroundIt, fitHeight, heldHow, isPosed, isSideways, placeLegend } from "./fitting.js";
import { roomForNames } from "./names.js";
import { loadPlotly } from "./plotly.js";
import { Scenery, drawsInDepth } from "./scenery.js";
import { cameraIn, endIsHidden, futureIsHidden, looksOf, racersOf, sceneIsShown, shownViews, tracksOf } from "./state.js";
import { isCoarse, themeOf } from "./theme.js";

const CONFIG = { displayModeBar: false, responsive: false, doubleClick: false, showTips: false, scrollZoom: false };
const SLACK_AT_EDGE = 1; // pixels: what is held at an edge, and rounded, is not beyond it
const LONGEST_LAG = 600; // milliseconds for which Plotly may stay behind what the canvases show while something is dragged
const LONGEST_WAIT = 250; // and for an idle moment afterwards

/**
 * @typedef {object} Drawn what Plotly shows
 * @property {State} state
 * @property {string} frame see frameOf
 * @property {string} content see contentOf
 * @property {"light" | "dark"} theme
 */

/**
 * @typedef {object} Around
 * @property {() => State} state
 * @property {() => boolean} isRecording whether a video is being made of what is drawn
 * @property {() => void} moved the axes are elsewhere on the screen
 * @property {(trace: number | null) => void} pointed a hand points at a trace, or at none
 * @property {() => void} replaced the picture is about to become another one
 * @property {(camera: Camera | null) => void} turned a 3-D chart is seen from elsewhere; null: from its home
 * @property {() => void} byProcessor the 3-D chart is drawn without a graphics card
 * @property {() => void} flat this browser draws nothing in 3-D
 * @property {(drawn: Drawn) => void} drawn
 * @property {(error: unknown) => void} failed
 */

export class Picture {
  /**
   * @param {HTMLElement} root
   * @param {Pick<Elements, "above" | "body" | "plot" | "picture" | "scenery" | "sentence" | "transport">} elements
   * @param {Around} around
   */
  constructor(root, elements, around) {
    const { plot, picture, scenery } = elements;
    this.root = root;
    this.elements = elements;
    this.fitted = "";
    /** @type {PlotElement} */
    this.plot = plot;
    this.frame = picture;
    this.around = around;
    this.axes = new Axes();
    /** @type {Scenery | null} null until a 3-D chart is asked for */
    this.scenery = null;
    this.sceneryFrame = scenery;
    /** @type {Drawn | null} */
    this.drawn = null;
    this.waiting = false;
    /** @type {Promise<void>} */
    this.drawing = Promise.resolve();
    /** @type {SVGElement[]} what of Plotly's picture is older than what the canvases show */
    this.stale = [];
    this.lagging = 0;
    this.idle = 0;
    this.stopped = false;
    /** @type {number | null} */
    this.behindSince = null;
    this.resizing = new ResizeObserver(() => this.resized());
    for (const element of [picture, ...aroundIt(root)]) this.resizing.observe(element);
    this.onResize = () => { if (this.drawn && (!isCoarse() || isSideways())) this.request(); };
    window.addEventListener("resize", this.onResize);
  }

  get layout() {
    return this.plot._fullLayout;
  }

  // Draws the state as it is when its turn comes; one that is asked for meanwhile is the same one.
  request() {
    this.forgetLater();
    if (this.waiting) return;
    this.waiting = true;
    this.drawing = this.drawing.then(() => {
      this.waiting = false;
      return this.draw();
    }).catch((error) => {
      this.waiting = false;
      // One that has left the page while Plotly drew was taken away under its hands.
      if (!this.stopped) this.around.failed(error);
    });
  }

  /**
   * Draws later, in an idle moment: the canvases show the state already.
   * @param {boolean} dragging the next state is on its way
   */
  requestLater(dragging) {
    if (this.idle) return; // and draws what is newest then
    const now = performance.now();
    this.behindSince ??= now;
    clearTimeout(this.lagging);
    const wait = dragging ? Math.max(0, this.behindSince + LONGEST_LAG - now) : 0;
    this.lagging = setTimeout(() => {
      if (typeof requestIdleCallback !== "function") this.request();
      else this.idle = requestIdleCallback(() => this.request(), { timeout: LONGEST_WAIT });
    }, wait);
  }

  forgetLater() {
    clearTimeout(this.lagging);
    if (this.idle) cancelIdleCallback(this.idle);
    this.idle = 0;
  }

  // Resolves once Plotly shows the state as it is, which the canvases may show already.
  upToDate() {
    if (this.behindSince !== null) this.request();
    return this.drawing;
  }

  // The theme of the page may be another one.
  updateTheme() {
    if (this.drawn && this.drawn.theme !== themeOf(this.root)) this.request();
  }

  async draw() {
    const { message } = this.around.state();
    if (!message || this.stopped) return;
    const Plotly = await loadPlotly("plane", message.header.plotly.plane);
    if (sceneIsShown(this.around.state()) && !drawsInDepth()) this.around.flat();
    // Fetched before anything of the picture changes: until it has come the picture before stays in sight.
    const depth = sceneIsShown(this.around.state()) ? await loadPlotly("scene", message.header.plotly.scene) : null;
    if (this.stopped) return;
    const state = this.around.state();
    const { header } = /** @type {NonNullable<State["message"]>} */ (state.message);
    this.fitted = fitHeight(this.elements, this.arrangementOf(state), state, this.fitted);
    const room = this.room();
    const theme = themeOf(this.root);
    const drawn = { state, theme, frame: this.frameOf(state), content: contentOf(state, room) };
    // A video goes on through what changes nothing but colours, in those that it began with.
    const recorded = this.around.isRecording();
    if (recorded && drawn.content === this.drawn?.content) return this.around.drawn({ ...this.drawn, state });
    if (recorded) this.around.replaced();
    const figure = figureOf(state, header.themes[theme], room);
    if (placeLegend(this.elements, figure.layout, this.arrangementOf(state))) this.request();
    this.axes.arrange(figure.layout, header.map_key);
    this.axes.spaceTicks(figure.layout);
    this.axes.forget(this.layout);
    const first = this.drawn === null;
    this.drawn = drawn;
    await Plotly.react(this.plot, figure.data, figure.layout, CONFIG);
    if (this.stopped) return Plotly.purge(this.plot);
    if (first) this.listen();
    if (depth && sceneIsShown(state)) await this.drawScene(depth, drawn, figure.room);
    else this.scenery?.hide();
    if (this.layout) this.axes.noteDrawn(this.layout);
    this.showAll();
    this.behindSince = null;
    this.around.drawn(drawn);
  }

  /**
   * @param {PlotlyModule} module
   * @param {Drawn} drawn
   * @param {Box} box
   */
  async drawScene(module, { state, theme }, box) {
    const { header } = /** @type {NonNullable<State["message"]>} */ (state.message);
    const { around } = this;
    this.scenery ??= new Scenery(this.sceneryFrame, {
      moved: () => around.moved(), turned: (camera) => around.turned(camera), byProcessor: () => around.byProcessor(),
    });
    const arrangement = this.arrangementOf(state);
    await this.scenery.draw(module, sceneFigureOf(state, header.themes[theme], arrangement), {
      box,
      camera: cameraIn(state),
      content: JSON.stringify([header.map_key, header.words_key, looksOf(state), theme, arrangement, header.present]),
      label: header.text["scene"] ?? "",
      isWide: arrangement === "wide",
    });
  }

  room() {
    const { clientWidth: width, clientHeight: height } = this.frame;
    const { header } = this.around.state().message ?? {};
    const names = racersOf(this.around.state()).map(({ name }) => name);
    const font = getComputedStyle(this.root).fontFamily;
    return {
      width, height, coarse: isCoarse(), ...heldHow(),
      names: header ? roomForNames(names, font, lettersFor(header)) : 0,
    };
  }

  /**
   * What has to be the same for new paths to be shown in the picture that is drawn: its axes, but for their ranges.
   * @param {State} state
   */
  frameOf(state) {
    const header = state.message?.header;
    const hidden = [endIsHidden(state), futureIsHidden(state), state.hidden];
    return JSON.stringify([
      header?.map_key, header?.words_key, header?.present, shownViews(state), state.tab, cameraIn(state), hidden, this.room(),
      themeOf(this.root),
    ]);
  }

  /**
   * Whether the canvases can show what is new at once, before Plotly has drawn it.
   * @param {State} state
   */
  fits(state) {
    // A video shows one race: what is new ends it first.
    if (!tracksOf(state) || this.around.isRecording() || this.drawn === null || this.layout === undefined) return false;
    return this.drawn.frame === this.frameOf(state);
  }

  /**
   * Takes out of sight what the canvases show anew: the paths of the race that is drawn, and the handles.
   */
  hideStale() {
    if (!this.drawn || this.stale.length) return;
    const { state } = this.drawn;
    const handles = Object.values(state.message?.header.clicks ?? {}).map(({ trace }) => trace);
    for (const index of [...racersOf(state).flatMap(({ own }) => own), ...handles]) {
      const uid = this.plot._fullData?.[index]?.["uid"];
      if (uid) this.stale.push(.../** @type {NodeListOf<SVGElement>} */ (this.plot.querySelectorAll(`.scatterlayer .trace${uid}`)));
    }
    for (const element of this.stale) element.style.visibility = "hidden";
  }

  showAll() {
    for (const element of this.stale) element.style.visibility = "";
    this.stale = [];
  }

  listen() {
    this.plot.on("plotly_relayouting", () => this.around.moved());
    this.plot.on("plotly_relayout", () => {
      if (!this.layout) return;
      this.axes.noteZoom(this.layout);
      this.around.moved();
      if (this.axes.ticksAreElsewhere(this.layout)) this.request();
    });
    this.plot.on("plotly_hover", ({ points }) => this.around.pointed(points[0]?.curveNumber ?? null));
    this.plot.on("plotly_unhover", () => this.around.pointed(null));
  }

  resized() {
    if (!this.drawn || !this.layout) return;
    const state = this.around.state();
    if (isPosed(state.message?.header)) this.fitted = fitHeight(this.elements, this.arrangementOf(state), state, this.fitted);
    const { width, height } = this.room();
    if (width && (width !== this.layout.width || height !== this.layout.height)) this.request();
  }

  /**
   * The axes back to where the figure has them: of one chart, or of all.
   * @param {Chart | null} chart
   */
  goHome(chart = null) {
    this.axes.reset(chart);
    this.request();
  }

  // The upper right corner of the 3-D chart while it is seen from elsewhere than from its home; null otherwise.
  cornerOfTurned() {
    const box = this.scenery?.box;
    return box && this.drawn?.state.camera ? { right: box.left + box.width, top: box.top } : null;
  }

  /** @returns {Geometry | null} null before the first picture */
  geometry() {
    const { layout } = this;
    if (!layout) return null;
    const nowhere = { left: 0, top: 0, width: 0, height: 0 };
    const { xaxis, yaxis, xaxis2, yaxis2 } = layout;
    const charts = [{ x: xaxis, y: yaxis }, ...(xaxis2 && yaxis2 ? [{ x: xaxis2, y: yaxis2 }] : [])];
    return {
      sight: this.scenery?.sight(),
      width: layout.width,
      height: layout.height,
      boxes: charts.map(({ x, y }) => (x.visible === false ? nowhere : boxOf(x, y))),
      x: charts.map(({ x }) => (value) => x._offset + x.d2p(value)),
      y: charts.map(({ y }) => (value) => y._offset + y.d2p(value)),
    };
  }

  /**
   * Of a chart that is shown.
   * @param {Chart} chart
   */
  axesOf(chart) {
    const { layout } = this;
    const [x, y] = chart === "map" ? [layout?.xaxis, layout?.yaxis] : [layout?.xaxis2, layout?.yaxis2];
    return x && y && x.visible !== false ? { x, y } : null;
  }

  /**
   * The arrangement of what is drawn.
   * @param {State} state
   */
  arrangementOf(state) {
    return state.message ? arrangementFor(state.message.header, this.frame.clientWidth, heldHow()) : "wide";
  }

  /**
   * Where a point of a chart is, in pixels of the picture; null beyond the chart's edges, where it is not drawn.
   * @param {Chart} chart
   * @param {Point} point
   */
  pixelOf(chart, [x, y]) {
    const axes = this.axesOf(chart);
    if (!axes) return null;
    const [left, top] = [axes.x._offset + axes.x.d2p(x), axes.y._offset + axes.y.d2p(y)];
    return distance(boxOf(axes.x, axes.y), left, top) <= SLACK_AT_EDGE ? { left, top } : null;
  }

  /**
   * The point of a chart under a place on the screen: null outside the chart, or held inside it.
   * @param {Chart} chart
   * @param {{ clientX: number, clientY: number }} place
   * @returns {Point | null}
   */
  pointAt(chart, { clientX, clientY }, held = false) {
    const axes = this.axesOf(chart);
    if (!axes) return null;
    const frame = this.plot.getBoundingClientRect();
    /**
     * @param {number} value
     * @param {number} length
     */
    const kept = (value, length) => (held ? Math.max(0, Math.min(length, value)) : value);
    const left = kept(clientX - frame.left - axes.x._offset, axes.x._length);
    const top = kept(clientY - frame.top - axes.y._offset, axes.y._length);
    if (left < 0 || top < 0 || left > axes.x._length || top > axes.y._length) return null;
    return [finerThanPixel(axes.x, left), finerThanPixel(axes.y, top)];
  }

  /**
   * The chart under or nearest to a place on the screen; its axes belong to it.
   * @param {{ clientX: number, clientY: number }} place
   * @returns {Chart}
   */
  chartAt({ clientX, clientY }) {
    const frame = this.plot.getBoundingClientRect();
    const [first, second] = this.geometry()?.boxes ?? [];
    if (!first || !second) return "map";
    if (!first.width || !second.width) return first.width ? "map" : "curves";
    const [left, top] = [clientX - frame.left, clientY - frame.top];
    return distance(first, left, top) <= distance(second, left, top) ? "map" : "curves";
  }

  stop() {
    this.stopped = true;
    this.forgetLater();
    this.resizing.disconnect();
    window.removeEventListener("resize", this.onResize);
    window.Plotly?.purge(this.plot);
    this.scenery?.stop();
  }
}

/**
 * What has to be the same for a video to go on: everything but colours.
 * @param {State} state
 * @param {{ width: number, height: number }} room
 */
function contentOf(state, { width, height }) {
  const header = state.message?.header;
  const { chosen, hidden, tab } = state;
  return JSON.stringify([header?.token, header?.plot.layout, chosen, tab, hidden, endIsHidden(state), width, height]);
}

/**
 * @param {PlotlyAxis} x
 * @param {PlotlyAxis} y
 * @returns {Box}
 */
function boxOf(x, y) {
  return { left: x._offset, top: y._offset, width: x._length, height: y._length };
}

/**
 * @param {Box} box
 * @param {number} left
 * @param {number} top
 */
function distance(box, left, top) {
  const across = Math.max(box.left - left, 0, left - box.left - box.width);
  const down = Math.max(box.top - top, 0, top - box.top - box.height);
  return Math.hypot(across, down);
}
