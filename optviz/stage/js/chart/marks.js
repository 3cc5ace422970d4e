// @ts-check
// From mark to mark by the keyboard: in which order they are come by, and which one a key leads to.

/** @import { Dict } from "../types.js" */

/**
 * @typedef {object} Stop a mark that can be come to
 * @property {number} curve the place of its trace
 * @property {number | [number, number]} point its place in the trace; row and column of a cell
 * @property {number} across pixels from the left
 */

/** @typedef {{ row: number, place: number }} Place */

const FAR = 10; // so many marks a page is, or a twentieth of all

/**
 * The marks in rows, each from left to right. Of a chart of rows, and of cells, they are the rows that are seen; of curves
 * each is one, those of a second chart after those of the first. What tells nothing by the mouse is not among them.
 * @param {Dict[]} data as Plotly has laid it out
 * @param {Dict} layout
 * @param {(axis: string, x: number) => number} pixel where a number of an axis ("x", "x2") is
 * @returns {Stop[][]}
 */
export function stopsOf(data, layout, pixel) {
  const shown = [...data.entries()].filter(([, trace]) => trace["visible"] === true && trace["hoverinfo"] !== "skip");
  const isOfRows = layout["yaxis"]?.tickvals !== undefined;
  /** @type {Map<number, Stop[]>} */
  const rows = new Map();
  const ordered = isOfRows ? shown : shown.sort(([, one], [, other]) => panelOf(one).localeCompare(panelOf(other)));
  for (const [curve, trace] of ordered) {
    for (const { row, x, point } of trace["type"] === "heatmap" ? filledCells(trace) : placesOf(trace, isOfRows, curve)) {
      const stop = { curve, point, across: pixel(panelOf(trace), x) };
      const known = rows.get(row) ?? [];
      const last = known.at(-1);
      // An interval of no length has one end.
      if (last?.curve !== curve || last.across !== stop.across) known.push(stop);
      rows.set(row, known);
    }
  }
  const found = [...rows.entries()];
  if (isOfRows) found.sort(([one], [other]) => one - other);
  return found.map(([, stops]) => stops.sort((one, other) => one.across - other.across));
}

/**
 * @param {Dict} trace
 * @returns {{ row: number, x: number, point: [number, number] }[]}
 */
function filledCells(trace) {
  /** @type {{ row: number, x: number, point: [number, number] }[]} */
  const cells = [];
  /** @type {ArrayLike<number>[]} */
  const rows = trace["z"];
  for (const [row, values] of rows.entries()) {
    for (const [x, value] of Array.from(values).entries()) {
      if (value !== null && Number.isFinite(value)) cells.push({ row, x, point: [row, x] });
    }
  }
  return cells;
}

/**
 * @param {Dict} trace
 * @param {boolean} isOfRows
 * @param {number} curve
 * @returns {{ row: number, x: number, point: number }[]}
 */
function placesOf({ x: across, y: up }, isOfRows, curve) {
  /** @type {ArrayLike<number>} */
  const values = across;
  return Array.from(values, (x, point) => ({ row: isOfRows ? up[point] : curve, x, point, y: up[point] })).filter(
    ({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
}

/** @param {Dict} trace */
function panelOf(trace) {
  return trace["xaxis"] ?? "x";
}

/**
 * Where a key leads; null for a key that leads nowhere.
 * @param {Stop[][]} rows
 * @param {Place} from
 * @param {string} key
 * @returns {Place | null}
 */
export function placeBy(rows, { row, place }, key) {
  const here = rows[row] ?? [];
  const page = Math.max(FAR, Math.round(here.length / 20));
  /** @type {Record<string, Place>} */
  const along = {
    ArrowRight: { row, place: place + 1 }, ArrowLeft: { row, place: place - 1 },
    PageDown: { row, place: place + page }, PageUp: { row, place: place - page },
    Home: { row, place: 0 }, End: { row, place: here.length - 1 },
  };
  const to = along[key];
  if (to) return { row, place: Math.min(Math.max(to.place, 0), here.length - 1) };
  const next = key === "ArrowDown" ? row + 1 : key === "ArrowUp" ? row - 1 : NaN;
  const there = rows[next];
  if (Number.isNaN(next)) return null;
  return there ? { row: next, place: nearestTo(there, here[place]?.across ?? 0) } : { row, place };
}

/**
 * @param {Stop[]} stops
 * @param {number} across
 */
function nearestTo(stops, across) {
  const far = stops.map((stop) => Math.abs(stop.across - across));
  return far.indexOf(Math.min(...far));
}

/**
 * Where a mark is among the rows.
 * @param {Stop[][]} rows
 * @param {number} curve
 * @param {unknown} point
 * @returns {Place | null}
 */
export function placeOf(rows, curve, point) {
  for (const [row, stops] of rows.entries()) {
    const place = stops.findIndex((stop) => stop.curve === curve && String(stop.point) === String(point));
    if (place >= 0) return { row, place };
  }
  return null;
}
