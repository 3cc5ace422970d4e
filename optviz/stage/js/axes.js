// Where the axes of a figure are: at home, which is where the figure itself puts them, or where the visitor has zoomed.
//
// Plotly takes the first figure's ranges for the target of a double click and keeps what was touched under any later
// figure, so the stage sets every range itself, each time. A zoom belongs to what its axis shows (the figure's
// `uirevision` of that axis): it is there again when that is shown again, and goes with the surface.

const AXIS = /^[xy]axis\d*$/;
const CHARTS = ["map", "curves"];
const SAME_PLACE = 1e-6; // of the home's length: less than any screen shows
const ROOM = 1.4; // between the middles of two labels one above the other, in sizes of their font
const ROOM_OF_POWERS = 1.9; // where a label has an exponent

export class Axes {
  constructor() {
    this.surface = null;
    this.homes = {}; // axis → { range, or null where Plotly finds it, and what is shown }
    this.drawn = {}; // axis → the range that Plotly drew
    this.zooms = new Map(); // axis and what it shows → range
  }

  // Writes into a layout where each axis is to be.
  arrange(layout, surface) {
    if (surface !== this.surface) this.zooms.clear();
    this.surface = surface;
    this.homes = {};
    for (const [name, axis] of Object.entries(layout)) {
      if (!AXIS.test(name)) continue;
      const home = { range: axis.range ? [...axis.range] : null, shows: `${name} ${axis.uirevision}` };
      this.homes[name] = home;
      axis.uirevision = false;
      const range = this.zoomOf(home) ?? home.range;
      if (range) Object.assign(axis, { range: [...range], autorange: false });
      else Object.assign(axis, { range: undefined, autorange: true });
    }
  }

  // Plotly counts the ticks of a logarithmic axis without asking whether their labels, which crowd towards each power of
  // ten, still fit one above the other: the distance of ticks is set for the length that the axis will have.
  spaceTicks(layout) {
    for (const name of Object.keys(this.homes)) {
      const axis = layout[name];
      if (axis.type === "log" && axis.range) Object.assign(axis, { tick0: 0, dtick: distanceOfTicks(axis, lengthOf(axis, layout)) });
    }
  }

  // Whether a zoom calls for other ticks than are drawn.
  ticksAreElsewhere(fullLayout) {
    const logarithmic = Object.keys(this.homes).map((name) => fullLayout[name]).filter(({ type }) => type === "log");
    return logarithmic.some((axis) => distanceOfTicks(axis, axis._length) !== axis.dtick);
  }

  // Plotly.react measures a new range against the first one that an axis with `constrain: "domain"` was given, and puts
  // that one back where it is longer; only its relayout forgets it.
  forget(fullLayout) {
    for (const name of Object.keys(this.homes)) {
      if (fullLayout?.[name]) fullLayout[name]._inputRange = null;
    }
  }

  // The zoom of an axis, unless it lies wholly outside its present home.
  zoomOf({ range, shows }) {
    const zoom = this.zooms.get(shows);
    if (!zoom || !range) return zoom;
    const [from, to] = [Math.min(...range), Math.max(...range)];
    return Math.max(...zoom) > from && Math.min(...zoom) < to ? zoom : undefined;
  }

  // Plotly has drawn: what changes from here on is the visitor's doing.
  settled(fullLayout) {
    for (const name of Object.keys(this.homes)) this.drawn[name] = [...fullLayout[name].range];
  }

  // The visitor may have moved axes.
  moved(fullLayout) {
    for (const [name, home] of Object.entries(this.homes)) {
      const range = [...fullLayout[name].range];
      if (same(range, this.drawn[name])) continue;
      this.drawn[name] = range;
      if (home.range && same(range, home.range)) this.zooms.delete(home.shows);
      else this.zooms.set(home.shows, range);
    }
  }

  // Back home: one chart, or all of them.
  reset(chart = null) {
    for (const [name, home] of Object.entries(this.homes)) {
      if (chart === null || chartOf(name) === chart) this.zooms.delete(home.shows);
    }
  }

  // The charts that are zoomed.
  zoomed() {
    const names = Object.keys(this.homes).filter((name) => this.zoomOf(this.homes[name]));
    return CHARTS.filter((chart) => names.some((name) => chartOf(name) === chart));
  }

  home() {
    return Object.fromEntries(Object.entries(this.homes).map(([name, { range }]) => [name, range]));
  }
}

// Of a vertical axis that is still to be drawn, in pixels.
function lengthOf({ domain }, { height, margin }) {
  return (height - margin.t - margin.b) * (domain[1] - domain[0]);
}

// The `dtick` of a logarithmic axis with the most ticks whose labels have room: every "L0.1" from tick to tick where less
// than a decade is shown, else "D1" for 1, 2, 3 … 9, "D2" for 1, 2, 5, or a number of decades.
function distanceOfTicks({ range, tickfont }, length) {
  const [least, most] = [Math.min(...range), Math.max(...range)];
  const decades = most - least;
  const room = ((decades < 1 ? ROOM : ROOM_OF_POWERS) * tickfont.size * decades) / length; // in decades
  if (decades < 1) {
    // The labels at the upper end are the closest: there, a tick and the one before it are `room` apart, or more.
    const [mantissa, exponent] = (10 ** most * (1 - 10 ** -room)).toExponential(12).split("e").map(Number);
    const round = [1, 2, 5, 10].find((digit) => digit >= mantissa);
    return `L${Number(`${round}e${exponent}`)}`;
  }
  if (room <= Math.log10(10 / 9)) return "D1";
  if (room <= Math.log10(2)) return "D2";
  return Math.ceil(room);
}

function chartOf(axis) {
  return CHARTS[Number(axis.slice(5) || 1) - 1];
}

function same(one, other) {
  if (!other) return false;
  const length = Math.abs(other[1] - other[0]);
  return one.every((value, end) => Math.abs(value - other[end]) <= SAME_PLACE * length);
}
