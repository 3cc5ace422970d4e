// @ts-check
// The figure that Plotly is to draw, from the state: references filled in, the arrangement for the room there is, the views
// that are chosen, and without what is hidden.

/** @import { Dict, Header, State, Theme } from "./types.js" */

import { resolved } from "./message.js";
import { endIsHidden, futureIsHidden, racersOf, tracksOf } from "./state.js";

const NARROW_BELOW = 620; // pixels
const PRESENTED = 1.6; // how much thicker lines and heads are in a lecture room

/**
 * @typedef {object} Room
 * @property {number} width
 * @property {number} height
 * @property {boolean} coarse whether a finger points, not a mouse
 * @property {number} names pixels to the right of a wide picture for the names at the ends of its curves
 */

/**
 * @param {Header} header
 * @param {number} width
 */
export function arrangementFor(header, width) {
  return width < NARROW_BELOW && header.arrangements["narrow"] ? "narrow" : "wide";
}

/** @param {Header} header */
export function thicknessFor(header) {
  return header.present ? PRESENTED : 1;
}

/**
 * @param {State} state which has a message
 * @param {Theme} theme
 * @param {Room} room
 * @returns {{ data: Dict[], layout: Dict }}
 */
export function figureOf(state, theme, { width, height, coarse, names }) {
  if (!state.message) throw new Error("there is nothing to draw yet");
  const { header, arrays } = state.message;
  const arrangement = arrangementFor(header, width);
  const figure = resolved(header.plot, arrays, theme);
  const patches = [header.arrangements[arrangement]];
  if (header.present && arrangement === "wide") patches.push(header.arrangements["presented"]);
  for (const patch of patches) merge(figure.layout, resolved(patch ?? {}, arrays, theme));
  const { margin } = figure.layout;
  if (arrangement === "wide" && margin && tracksOf(state)) margin.r = Math.max(margin.r, names);
  // A tap sets the start.
  if (coarse) Object.assign(figure.layout, { dragmode: false, hovermode: false });
  for (const group of Object.keys(header.choices)) {
    const view = resolved(header.views[state.chosen[group] ?? ""] ?? { data: {}, layout: {} }, arrays, theme);
    merge(figure.layout, view.layout);
    if (endIsHidden(state)) merge(figure.layout, view.veiled);
    for (const [index, patch] of Object.entries(view.data)) merge(figure.data[Number(index)], patch);
  }
  hide(figure.data, state);
  Object.assign(figure.layout, { width, height, autosize: false });
  return figure;
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
      trace["visible"] = !state.hidden.includes(index) && !(futureIsHidden(state) && future.includes(place));
      trace["line"].width *= thickness;
    }
  });
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
