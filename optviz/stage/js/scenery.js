// @ts-check
// The 3-D chart: a Plotly graph of its own above the other one, drawn once and then only turned. What moves on it is
// painted on the canvases, by the same matrices: see layers/scene.js.

/** @import { Box, Camera, Dict, PlotElement, PlotlyModule, Sight } from "./types.js" */

import { cameraOf, fitted, plotlyCamera, raised, sameCamera, turned, withinReach } from "./camera.js";
import { sightOf } from "./projection.js";

const STILL = { displayModeBar: false, responsive: false, doubleClick: false, showTips: false, scrollZoom: false };
const FINEST = 2; // pixels of WebGL for one of the page
const STILL_CLICK = 4; // pixels: whoever moves farther turns it
const TWO_CLICKS = 300; // milliseconds
const LETTERS = 28; // pixels beside a surface that stands beside the curves, whose title is among its numbers
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;
const STEP = 5; // degrees a key turns it by
/** @type {Map<string, { around?: number, up?: number, away?: number }>} */
const KEYS = new Map([
  ["ArrowLeft", { around: -STEP }], ["ArrowRight", { around: STEP }], ["ArrowUp", { up: STEP }], ["ArrowDown", { up: -STEP }],
  ["+", { away: 1 / 1.1 }], ["=", { away: 1 / 1.1 }], ["-", { away: 1.1 }],
]);

/**
 * @typedef {object} Watched
 * @property {() => void} moved it is seen from elsewhere now
 * @property {() => void} byProcessor no graphics card draws
 * @property {(camera: Camera | null) => void} turned the hand has let go; null: home
 */

/** @type {boolean | null} null until somebody asks: browsers keep few contexts at a time */
let isDrawnInDepth = null;

/** Whether this browser draws in 3-D at all. */
export function drawsInDepth() {
  if (isDrawnInDepth === null) {
    const gl = document.createElement("canvas").getContext("webgl");
    isDrawnInDepth = gl !== null;
    gl?.getExtension("WEBGL_lose_context")?.loseContext();
  }
  return isDrawnInDepth;
}

/**
 * Whether WebGL is drawn by a program, for want of a graphics card.
 * @param {WebGLRenderingContext} gl
 */
function isByProcessor(gl) {
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  return told !== null && SOFTWARE.test(String(gl.getParameter(told.UNMASKED_RENDERER_WEBGL)));
}

export class Scenery {
  /**
   * @param {HTMLElement} frame
   * @param {Watched} watched
   */
  constructor(frame, watched) {
    this.frame = frame;
    this.watched = watched;
    /** @type {PlotElement} */
    this.plot = /** @type {any} */ (frame.firstElementChild);
    /** @type {PlotlyModule | null} */
    this.module = null;
    /** @type {Box | null} null while it is not shown */
    this.box = null;
    /** @type {Camera | null} from where it is to be seen, which Plotly may not have drawn yet */
    this.aim = null;
    /** How it is seen in its box: see `fitted` and `raised`. */
    this.fit = 1;
    this.raise = 1;
    this.content = "";
    this.view = "";
    this.lastClick = -Infinity;
    /** By what it is being turned now: fingers, and keys that are held. */
    this.hands = new Set();
    this.listening = new AbortController();
    this.listen();
  }

  get scene() {
    return this.plot._fullLayout?.["scene"]?._scene ?? null;
  }

  /**
   * Draws the figure unless it is drawn already, and looks at it from the camera.
   * @param {PlotlyModule} module
   * @param {{ data: Dict[], layout: Dict }} figure
   * @param {{ box: Box, camera: Camera, content: string, label: string, isWide?: boolean }} how `content` is another one
   *   for another figure; isWide: beside the curves, in a box that may be narrow and high
   */
  async draw(module, figure, { box, camera, content, label, isWide = false }) {
    this.module = module;
    const { left, top, width, height } = box;
    this.frame.hidden = false;
    this.frame.setAttribute("aria-label", label);
    Object.assign(this.frame.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    // What a hand is turning is seen from where the hand has it.
    const isHeld = this.hands.size > 0 && Boolean(this.scene?.glplot);
    if (!isHeld) this.aim = camera;
    const whole = JSON.stringify([content, width, height]);
    const drawn = whole === this.content;
    // What is drawn with this camera but for its rounding stays as it is.
    const stays = isHeld || (drawn && sameCamera(this.place(), camera));
    this.box = box;
    this.fit = fitted(box, isWide ? LETTERS : 2 * (box.beside ?? 0));
    // Where no axis says how high it is, the picture is that of the article, and as high as there.
    this.raise = isWide && figure.layout["scene"].zaxis.visible !== false ? raised(box) : 1;
    const wanted = stays ? this.scene.getCamera() : plotlyCamera(camera, this.fit, this.raise);
    // What a finger has turned Plotly has not noted, and its pictures are taken from there.
    if (stays && this.plot.layout) this.plot.layout["scene"].camera = wanted;
    else if (drawn) await module.relayout(this.plot, { "scene.camera": wanted });
    if (drawn) return this.watch();
    const scene = { ...figure.layout["scene"], camera: wanted };
    if (this.raise > 1) scene.aspectratio = { ...scene.aspectratio, z: scene.aspectratio.z * this.raise };
    const layout = { ...figure.layout, width, height, scene };
    const plotGlPixelRatio = Math.min(FINEST, Math.max(1, window.devicePixelRatio || 1));
    await module.react(this.plot, figure.data, layout, { ...STILL, plotGlPixelRatio });
    this.content = whole;
    this.watch();
  }

  // Plotly draws it anew with each camera; the canvases follow within the same frame.
  watch() {
    const { scene } = this;
    if (!scene?.glplot || scene.glplot.optvizWatches) return;
    const { glplot } = scene;
    const render = glplot.onrender;
    glplot.optvizWatches = true;
    if (isByProcessor(glplot.gl)) this.watched.byProcessor();
    glplot.onrender = () => {
      render?.();
      const { view, projection, model } = glplot.cameraParams;
      const seen = [...view, ...projection, ...model].join(" ");
      if (seen === this.view) return;
      this.view = seen;
      this.watched.moved();
    };
  }

  hide() {
    this.box = null;
    this.frame.hidden = true;
  }

  /** @returns {Sight | undefined} undefined while it is not shown */
  sight() {
    const { box, scene } = this;
    return box && scene?.glplot ? sightOf(scene.glplot.cameraParams, scene.dataScale, box) : undefined;
  }

  // Where the eye is, wherever that may be.
  place() {
    return this.box && this.scene?.glplot ? cameraOf(this.scene.getCamera(), this.fit, this.raise) : null;
  }

  /** @returns {Camera | null} */
  camera() {
    const place = this.place();
    return place && withinReach(place);
  }

  /**
   * Looks from elsewhere at once, before anybody is told of it.
   * @param {Camera} camera
   */
  lookFrom(camera) {
    this.aim = camera;
    if (this.module && this.box) {
      void this.module.relayout(this.plot, { "scene.camera": plotlyCamera(camera, this.fit, this.raise) });
    }
  }

  /**
   * As a picture, and where it is.
   * @param {Dict} options of Plotly.toImage
   */
  async image(options) {
    const { box, module, plot } = this;
    if (!box || !module) return null;
    const { width, height } = box;
    return { box, source: await module.toImage(plot, { ...options, format: "png", width, height }) };
  }

  listen() {
    const { frame } = this;
    const { signal } = this.listening;
    // A finger or a button that is let go anywhere ends the turning.
    /** @param {number | string} hand */
    const letGo = (hand) => {
      this.hands.delete(hand);
      const [place, camera] = [this.place(), this.camera()];
      if (!camera) return;
      // Beyond what a link can tell it comes back.
      if (!sameCamera(place, camera)) this.lookFrom(camera);
      this.watched.turned(camera);
    };
    frame.addEventListener("pointerdown", (begin) => {
      this.hands.add(begin.pointerId);
      const ended = new AbortController();
      const both = AbortSignal.any([signal, ended.signal]);
      /** @param {PointerEvent} event */
      const end = (event) => {
        if (event.pointerId !== begin.pointerId) return;
        ended.abort();
        const moved = Math.hypot(event.clientX - begin.clientX, event.clientY - begin.clientY);
        const isClick = event.type === "pointerup" && event.isPrimary && moved <= STILL_CLICK;
        const again = isClick && event.timeStamp - this.lastClick < TWO_CLICKS;
        this.lastClick = isClick && !again ? event.timeStamp : -Infinity;
        if (again) {
          this.hands.delete(begin.pointerId);
          this.watched.turned(null);
        // Plotly hears of the end of a touch after this.
        } else requestAnimationFrame(() => letGo(begin.pointerId));
      };
      document.addEventListener("pointerup", end, { signal: both, capture: true });
      document.addEventListener("pointercancel", end, { signal: both, capture: true });
    }, { signal, capture: true });
    frame.addEventListener("keydown", (event) => {
      const by = KEYS.get(event.key);
      const camera = this.aim;
      if (!this.box || !camera || event.ctrlKey || event.metaKey || event.altKey || (!by && event.key !== "Home")) return;
      event.preventDefault();
      event.stopPropagation();
      if (!by) return this.watched.turned(null);
      // Of a key that is held the page is told once, when it is let go.
      this.hands.add(event.key);
      this.lookFrom(turned(camera, by));
    }, { signal });
    const letKeysGo = () => {
      const keys = [...this.hands].filter((hand) => typeof hand === "string");
      for (const key of keys) this.hands.delete(key);
      if (keys.length > 0 && this.aim) this.watched.turned(this.aim);
    };
    // Of any key: one that is let go after its Shift has another name than when it was pressed.
    frame.addEventListener("keyup", letKeysGo, { signal });
    frame.addEventListener("blur", letKeysGo, { signal });
  }

  stop() {
    this.listening.abort();
    this.module?.purge(this.plot);
  }
}
