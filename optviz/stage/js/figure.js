// @ts-check
// The figure that Plotly is to draw, from the state: references filled in, the arrangement for the room there is, the views
// that are chosen, and without what is hidden.

/** @import { Box, Dict, Header, State, Theme } from "./types.js" */

import { resolved } from "./message.js";
import { belowOneAnother, besideOneAnother, besideScene } from "./split.js";
import { endIsHidden, futureIsHidden, racersOf, sceneOf, shownViews, tracksOf } from "./state.js";

const NARROW_BELOW = 620; // pixels
const NARROW_BELOW_SIDEWAYS = 400; // where nothing has room below a map
const BESIDE_SURFACE = 38; // pixels on each side of a 3-D chart on a phone that are left to the title of its height
const LARGER_FROM = 1360; // pixels of a screen beyond which the numbers at its axes grow with it
const LARGEST = 1.5; // times
const PRESENTED = 1.6; // how much thicker lines and heads are in a lecture room

/**
 * @typedef {object} Room
 * @property {number} width
 * @property {number} height
 * @property {boolean} coarse whether a finger points, not a mouse
 * @property {boolean} [upright] whether the window is little wider than it is high, or less
 * @property {boolean} [sideways] whether it is that of a phone on its side
 * @property {number} names pixels to the right of a wide picture for the names at the ends of its curves
 */

/**
 * Charts stand one below the other where the picture is narrow, and on a screen that is held upright.
 * @param {Header} header
 * @param {number} width
 * @param {{ upright?: boolean, sideways?: boolean }} held
 */
export function arrangementFor(header, width, { upright = false, sideways = false } = {}) {
  // Of what stands in a text, the text's width is all that counts.
  const isNarrow = width < (sideways && !header.small ? NARROW_BELOW_SIDEWAYS : NARROW_BELOW) || (upright && !header.small);
  return isNarrow && header.arrangements["narrow"] ? "narrow" : "wide";
}

/** @param {Header} header */
export function thicknessFor(header) {
  return header.present ? PRESENTED : 1;
}

/**
 * How much larger than on a desk labels are: in a lecture room they grow with the screen.
 * @param {Header} header
 */
export function lettersFor(header) {
  return header.present ? Math.min(2.1, Math.max(1.25, window.innerWidth / 960)) : 1;
}

/**
 * @param {State} state which has a message
 * @param {Theme} theme
 * @param {Room} room
 * @returns {{ data: Dict[], layout: Dict, room: Box }} room: where a 3-D chart has its place
 */
export function figureOf(state, theme, { width, height, coarse, names, upright, sideways }) {
  if (!state.message) throw new Error("there is nothing to draw yet");
  const { header, arrays } = state.message;
  const arrangement = arrangementFor(header, width, { upright, sideways });
  const figure = resolved(header.plot, arrays, theme);
  const patches = [header.arrangements[arrangement]];
  if (header.present && arrangement === "wide") patches.push(header.arrangements["presented"]);
  const shown = shownViews(state);
  for (const name of Object.values(shown)) patches.push(header.arrangements[`${arrangement} ${name}`]);
  const alone = state.tab === "curves" ? ["curves"] : Object.values(shown);
  if (state.tab) patches.push(...alone.map((name) => header.arrangements[`alone ${name}`]));
  for (const patch of patches) merge(figure.layout, resolved(patch ?? {}, arrays, theme));
  if (header.present && arrangement === "wide") enlarge(figure.layout, Math.min(LARGEST, Math.max(1, window.innerWidth / LARGER_FROM)));
  // A tap sets the start.
  if (coarse) Object.assign(figure.layout, { dragmode: false, hovermode: false });
  for (const group of Object.keys(header.choices)) {
    const view = resolved(header.views[shown[group] ?? ""] ?? { data: {}, layout: {} }, arrays, theme);
    merge(figure.layout, view.layout);
    if (endIsHidden(state)) merge(figure.layout, view.veiled);
    for (const [index, patch] of Object.entries(view.data)) merge(figure.data[Number(index)], patch);
  }
  hide(figure.data, state);
  hideWithAxes(figure);
  if (sharesRoom(figure.layout)) {
    const room = { width, height, names: tracksOf(state) ? names : 0 };
    merge(figure.layout, arrangement === "wide" ? besideOneAnother(figure.layout, room) : belowOneAnother(figure.layout, room));
  } else if (figure.layout.scene && hasCurves(figure.layout) && figure.layout.margin && arrangement === "wide") {
    merge(figure.layout, besideScene(figure.layout, { width, names: tracksOf(state) ? names : 0 }));
  } else if (names && hasCurves(figure.layout) && figure.layout.margin && arrangement === "wide" && tracksOf(state)) {
    figure.layout.margin.r = Math.max(figure.layout.margin.r ?? 0, names);
  }
  Object.assign(figure.layout, { width, height, autosize: false });
  const { scene, ...layout } = figure.layout;
  const room = boxIn(layout, scene?.domain ?? { x: [0, 1], y: [0, 1] });
  // On a phone all the width is needed, as titles are wide beside what they name.
  return { data: figure.data, layout, room: state.tab ? { ...room, left: 0, width, beside: BESIDE_SURFACE } : room };
}

/**
 * A part of the room between the margins, in pixels.
 * @param {Dict} layout
 * @param {Dict} domain shares of it, from the left and from below
 * @returns {Box}
 */
function boxIn({ width, height, margin = {} }, { x: [left, right], y: [bottom, top] }) {
  const { l = 0, r = 0, t = 0, b = 0 } = margin;
  const [wide, high] = [width - l - r, height - t - b];
  return {
    left: Math.round(l + left * wide), top: Math.round(t + (1 - top) * high),
    width: Math.round((right - left) * wide), height: Math.round((top - bottom) * high),
  };
}

/**
 * The 3-D chart, which Plotly draws by itself.
 * @param {State} state which has a message with one
 * @param {Theme} theme
 * @param {string} [arrangement]
 * @returns {{ data: Dict[], layout: Dict }}
 */
export function sceneFigureOf(state, theme, arrangement) {
  const scene = sceneOf(state);
  if (!state.message || !scene) throw new Error("there is no 3-D chart");
  const { header, arrays } = state.message;
  const figure = resolved(scene.plot, arrays, theme);
  for (const name of Object.values(shownViews(state))) {
    merge(figure.layout, resolved(scene.arrangements?.[`${arrangement} ${name}`] ?? {}, arrays, theme));
    const look = resolved(header.views[name]?.scene ?? { data: {}, layout: {} }, arrays, theme);
    merge(figure.layout, look.layout);
    for (const [index, patch] of Object.entries(look.data)) merge(figure.data[Number(index)], patch);
  }
  if (header.present) merge(figure.layout, resolved(scene.presented, arrays, theme));
  return figure;
}

/**
 * Whether curves are shown, at whose ends names may stand.
 * @param {Dict} layout
 */
export function hasCurves({ xaxis2 }) {
  return xaxis2 !== undefined && xaxis2.visible !== false;
}

/**
 * Whether a map and curves are shown, and nothing else.
 * @param {Dict} layout
 */
function sharesRoom({ margin, scene, xaxis, xaxis2, yaxis, yaxis2 }) {
  return Boolean(margin && xaxis && xaxis2 && yaxis && yaxis2 && !scene && xaxis.visible !== false && xaxis2.visible !== false);
}

/**
 * @param {Dict[]} data
 * @param {State} state
 */
function hide(data, state) {
  const thickness = state.message ? thicknessFor(state.message.header) : 1;
  racersOf(state).forEach(({ traces, future }, index) => {
    for (const place of traces) {
      const trace = data[place];
      if (!trace) continue;
      trace["visible"] = trace["visible"] !== false && !state.hidden.includes(index) && !(futureIsHidden(state) && future.includes(place));
      trace["line"].width *= thickness;
    }
  });
}

/**
 * The letters at all axes, and the room that they have beside them.
 * @param {Dict} layout
 * @param {number} times
 */
function enlarge(layout, times) {
  for (const name of ["xaxis", "yaxis", "xaxis2", "yaxis2"]) {
    for (const font of [layout[name]?.tickfont, layout[name]?.title?.font]) {
      if (font?.size) font.size *= times;
    }
  }
  const { margin } = layout;
  if (margin?.l && margin.b) Object.assign(margin, { l: margin.l * times, b: margin.b * times });
}

/**
 * Of a chart that is not shown nothing is drawn.
 * @param {{ data: Dict[], layout: Dict }} figure
 */
function hideWithAxes({ data, layout }) {
  for (const trace of data) {
    if (layout[`xaxis${(trace["xaxis"] ?? "x").slice(1)}`]?.visible === false) trace["visible"] = false;
  }
}

/**
 * Writes a patch into a dict, dicts within dicts entry by entry.
 * @param {Dict} base
 * @param {Dict | undefined} patch
 */
export function merge(base, patch) {
  for (const [name, item] of Object.entries(patch ?? {})) {
    const both = item && base[name] && typeof item === "object" && typeof base[name] === "object";
    if (both && !Array.isArray(item) && !ArrayBuffer.isView(item)) merge(base[name], item);
    else base[name] = item;
  }
  return base;
}
