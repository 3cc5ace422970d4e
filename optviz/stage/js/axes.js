// @ts-check
// Where the axes of a figure are: at home, which is where the figure itself puts them, or where the visitor has zoomed.
//
// Plotly takes the first figure's ranges for the target of a double click and keeps what was touched under any later
// figure, so the stage sets every range itself, each time. A zoom belongs to what its axis shows (the figure's
// `uirevision` of that axis): it is there again when that is shown again, and goes with the surface.

/** @import { Chart, Dict, PlotlyAxis, PlotlyLayout, Range } from "./types.js" */
/** @typedef {{ range: Range | null, shows: string }} Home the range, or null where Plotly finds it; and what is shown */

const AXIS = /^[xy]axis\d*$/;
/** @type {Chart[]} */
export const CHARTS = ["map", "curves"];
const SAME_PLACE = 1e-6; // of the home's length: less than any screen shows
const ROOM = 1.4; // between the middles of two labels one above the other, in sizes of their font
const ROOM_OF_POWERS = 1.9; // where a label has an exponent

export class Axes {
  constructor() {
    /** @type {string | null} */
    this.surface = null;
    /** @type {Map<string, Home>} */
    this.homes = new Map();
    /** @type {Map<string, Range>} axis → the range that Plotly drew */
    this.drawn = new Map();
    /** @type {Map<string, Range>} what an axis shows → where the visitor has zoomed */
    this.zooms = new Map();
  }

  /**
   * Writes into a layout where each axis is to be.
   * @param {Dict} layout
   * @param {string} surface
   */
  arrange(layout, surface) {
    if (surface !== this.surface) this.zooms.clear();
    this.surface = surface;
    this.homes = new Map();
    for (const [name, axis] of Object.entries(layout)) {
      if (!AXIS.test(name)) continue;
      /** @type {Home} */
      const home = { range: axis.range ? [axis.range[0], axis.range[1]] : null, shows: `${name} ${axis.uirevision}` };
      this.homes.set(name, home);
      axis.uirevision = false;
      const range = this.zoomOf(home) ?? home.range;
      if (range) Object.assign(axis, { range: [...range], autorange: false });
      else Object.assign(axis, { range: undefined, autorange: true });
    }
  }

  /**
   * Plotly counts the ticks of a logarithmic axis without asking whether their labels, which crowd towards each power of
   * ten, still fit one above the other: the distance of ticks is set for the length that the axis will have.
   * @param {Dict} layout
   */
  spaceTicks(layout) {
    for (const name of this.homes.keys()) {
      const axis = layout[name];
      if (axis.type === "log" && axis.range) Object.assign(axis, { tick0: 0, dtick: distanceOfTicks(axis, lengthOf(axis, layout)) });
    }
  }

  /**
   * Whether a zoom calls for other ticks than are drawn. An axis that is not in sight has none.
   * @param {PlotlyLayout} layout
   */
  ticksAreElsewhere(layout) {
    const logarithmic = this.axesOf(layout).map(([, axis]) => axis).filter(({ type, visible }) => visible && type === "log");
    return logarithmic.some((axis) => distanceOfTicks(axis, axis._length) !== axis.dtick);
  }

  /**
   * @param {PlotlyLayout} layout
   * @returns {[string, PlotlyAxis][]}
   */
  axesOf(layout) {
    return [...this.homes.keys()].map((name) => [name, layout[name]]);
  }

  /**
   * Plotly.react measures a new range against the first one that an axis with `constrain: "domain"` was given, and puts
   * that one back where it is longer; only its relayout forgets it.
   * @param {PlotlyLayout | undefined} layout
   */
  forget(layout) {
    for (const [, axis] of layout ? this.axesOf(layout) : []) {
      if (axis) axis._inputRange = null;
    }
  }

  /**
   * The zoom of an axis, unless it lies wholly outside its present home.
   * @param {Home} home
   */
  zoomOf({ range, shows }) {
    const zoom = this.zooms.get(shows);
    if (!zoom || !range) return zoom;
    const [from, to] = [Math.min(...range), Math.max(...range)];
    return Math.max(...zoom) > from && Math.min(...zoom) < to ? zoom : undefined;
  }

  /**
   * Plotly has drawn: what changes from here on is the visitor's doing.
   * @param {PlotlyLayout} layout
   */
  noteDrawn(layout) {
    for (const [name, { range }] of this.axesOf(layout)) this.drawn.set(name, [range[0], range[1]]);
  }

  /**
   * The visitor may have moved axes.
   * @param {PlotlyLayout} layout
   */
  noteZoom(layout) {
    for (const [name, home] of this.homes) {
      const [from, to] = layout[name].range;
      if (same([from, to], this.drawn.get(name))) continue;
      this.drawn.set(name, [from, to]);
      if (home.range && same([from, to], home.range)) this.zooms.delete(home.shows);
      else this.zooms.set(home.shows, [from, to]);
    }
  }

  /**
   * Back home: one chart, or all of them.
   * @param {Chart | null} chart
   */
  reset(chart = null) {
    for (const [name, home] of this.homes) {
      if (chart === null || chartOf(name) === chart) this.zooms.delete(home.shows);
    }
  }

  // The charts that are zoomed.
  zoomed() {
    const names = [...this.homes].filter(([, home]) => this.zoomOf(home)).map(([name]) => name);
    return CHARTS.filter((chart) => names.some((name) => chartOf(name) === chart));
  }

  home() {
    return Object.fromEntries([...this.homes].map(([name, { range }]) => [name, range]));
  }
}

/**
 * Of a vertical axis that is still to be drawn, in pixels.
 * @param {PlotlyAxis} axis
 * @param {Dict} layout
 */
function lengthOf({ domain }, layout) {
  const { t, b } = layout["margin"];
  return (layout["height"] - t - b) * (domain[1] - domain[0]);
}

/**
 * The `dtick` of a logarithmic axis with the most ticks whose labels have room: every "L0.1" from tick to tick where less
 * than a decade is shown, else "D1" for 1, 2, 3 … 9, "D2" for 1, 2, 5, or a number of decades.
 * @param {Pick<PlotlyAxis, "range" | "tickfont">} axis
 * @param {number} length in pixels
 */
export function distanceOfTicks({ range, tickfont }, length) {
  const [least, most] = [Math.min(...range), Math.max(...range)];
  const decades = most - least;
  const room = ((decades < 1 ? ROOM : ROOM_OF_POWERS) * tickfont.size * decades) / length; // in decades
  if (decades < 1) {
    // The labels at the upper end are the closest: there, a tick and the one before it are `room` apart, or more.
    const [mantissa, exponent] = (10 ** most * (1 - 10 ** -room)).toExponential(12).split("e");
    const round = [1, 2, 5, 10].find((digit) => digit >= Number(mantissa));
    return `L${Number(`${round}e${exponent}`)}`;
  }
  if (room <= Math.log10(10 / 9)) return "D1";
  if (room <= Math.log10(2)) return "D2";
  return Math.ceil(room);
}

/** @param {string} axis */
function chartOf(axis) {
  return CHARTS[Number(axis.slice(5) || 1) - 1];
}

/**
 * @param {Range} one
 * @param {Range | undefined} other
 */
function same(one, other) {
  if (!other) return false;
  const length = Math.abs(other[1] - other[0]);
  return Math.max(Math.abs(one[0] - other[0]), Math.abs(one[1] - other[1])) <= SAME_PLACE * length;
}

/**
 * The value under a pixel of an axis, to a decimal that is a hundredth of a pixel or finer: short enough for a link.
 * @param {PlotlyAxis} axis
 * @param {number} pixel
 */
export function finerThanPixel(axis, pixel) {
  const width = Math.abs(axis.p2d(1) - axis.p2d(0)) / 100;
  const decimals = Math.min(100, Math.max(0, Math.ceil(-Math.log10(width))));
  return Number(axis.p2d(pixel).toFixed(decimals)) || 0; // no −0
}
