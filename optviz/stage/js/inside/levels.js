// @ts-check
// The surface within a window: its heights on a fine grid, and the lines of equal height through it.
//
// Between the nodes of the map's grid heights are interpolated by cubics of Catmull and Rom (1974), which pass through all
// of them with a continuous slope. Where a window is but a few cells of that grid the shape in it is not the grid's to
// tell: there it is the Taylor polynomial of second order around the step, from exact derivatives.

/** @import { Window } from "./window.js" */
/** @import { Numbers } from "../types.js" */

/**
 * @typedef {object} Grid heights at even distances: row after row from the lower edge
 * @property {number} columns
 * @property {number} rows
 * @property {Float64Array} heights
 */
/**
 * @typedef {object} Terrain what is known of a surface
 * @property {Numbers} x
 * @property {Numbers} y
 * @property {Numbers[]} rows of losses
 */
/** @typedef {number[]} Local loss, ∂x, ∂y, ∂xx, ∂xy, ∂yy */

const CELLS = 4; // a window of fewer cells of the map in height is drawn by the Taylor polynomial

/**
 * The heights at columns × rows places of a window, its edges included.
 * @param {Window} window
 * @param {number} columns
 * @param {number} rows
 * @param {Terrain} terrain
 * @param {[number, number]} at the place of `local`
 * @param {Local} local
 * @returns {Grid}
 */
export function heightsIn(window, columns, rows, terrain, at, local) {
  const apart = (Number(terrain.y.at(-1)) - Number(terrain.y[0])) / (terrain.y.length - 1);
  const isNear = window.y[1] - window.y[0] < CELLS * apart && local.every(Number.isFinite);
  const heights = new Float64Array(columns * rows);
  const across = (window.x[1] - window.x[0]) / (columns - 1);
  const up = (window.y[1] - window.y[0]) / (rows - 1);
  const places = Float64Array.from({ length: columns }, (_, column) => window.x[0] + column * across);
  const line = isNear ? null : linesAlong(terrain, places);
  for (let row = 0; row < rows; row += 1) {
    const y = window.y[0] + row * up;
    const filled = heights.subarray(row * columns, (row + 1) * columns);
    if (line) fillBetween(filled, line, cellOf(terrain.y, y), terrain.y.length);
    else places.forEach((place, column) => { filled[column] = taylor(local, place - at[0], y - at[1]); });
  }
  return { columns, rows, heights };
}

/**
 * A row of heights between the lines of the map: as `through`, for all columns at once.
 * @param {Float64Array} filled
 * @param {(line: number) => Float64Array} line
 * @param {[number, number]} place the cell, and how far along it is
 * @param {number} count of lines
 */
function fillBetween(filled, line, [cell, share], count) {
  const [from, to] = [line(cell), line(cell + 1)];
  const isBeyond = share < 0 || share > 1;
  const before = !isBeyond && cell > 0 ? line(cell - 1) : null;
  const after = !isBeyond && cell + 2 < count ? line(cell + 2) : null;
  for (let column = 0; column < filled.length; column += 1) {
    const [one, other] = [from[column] ?? NaN, to[column] ?? NaN];
    filled[column] = isBeyond ? one + share * (other - one)
      : cubic(before?.[column] ?? 2 * one - other, one, other, after?.[column] ?? 2 * other - one, share);
  }
}

/**
 * The terrain after it has moved as a whole.
 * @param {Terrain} terrain
 * @param {number[]} drift how far, along x and y; nothing where it stands still
 * @returns {Terrain}
 */
export function movedTerrain(terrain, [right, up]) {
  if (!right && !up) return terrain;
  const x = Float64Array.from(terrain.x, (place) => place + (right ?? 0));
  const y = Float64Array.from(terrain.y, (place) => place + (up ?? 0));
  return { ...terrain, x, y };
}

/**
 * The lines of the map, each at these places between its nodes: a line is made when it is first asked for.
 * @param {Terrain} terrain
 * @param {Float64Array} places
 * @returns {(line: number) => Float64Array}
 */
function linesAlong({ x, rows }, places) {
  const cells = Array.from(places, (place) => cellOf(x, place));
  /** @type {Map<number, Float64Array>} */
  const made = new Map();
  return (line) => {
    const known = made.get(line);
    if (known) return known;
    const nodes = rows[line];
    const heights = Float64Array.from(cells, ([cell, share]) => (
      through((place) => Number(nodes?.[place] ?? NaN), cell, x.length, share)));
    made.set(line, heights);
    return heights;
  };
}

/**
 * @param {Local} local
 * @param {number} x from its place
 * @param {number} y
 */
export function taylor([loss = NaN, dx = 0, dy = 0, dxx = 0, dxy = 0, dyy = 0], x, y) {
  return loss + dx * x + dy * y + (dxx * x * x) / 2 + dxy * x * y + (dyy * y * y) / 2;
}

/**
 * NaN beside a node that has no height; outside the map what is at its edge goes on as steeply as there.
 * @param {Terrain} terrain
 * @param {number} x
 * @param {number} y
 */
export function interpolated({ x: xs, y: ys, rows }, x, y) {
  const lines = linesAlong({ x: xs, y: ys, rows }, Float64Array.of(x));
  const [row, above] = cellOf(ys, y);
  return through((line) => lines(line)[0] ?? NaN, row, ys.length, above);
}

/**
 * The value between two of the nodes of a line, which beyond its ends has as many more as are needed.
 * @param {(place: number) => number} node
 * @param {number} cell
 * @param {number} count
 * @param {number} share of the way through the cell; less than 0 or more than 1 beyond the ends
 */
function through(node, cell, count, share) {
  const [from, to] = [node(cell), node(cell + 1)];
  if (share < 0 || share > 1) return from + share * (to - from);
  const before = cell > 0 ? node(cell - 1) : 2 * from - to;
  const after = cell + 2 < count ? node(cell + 2) : 2 * to - from;
  return cubic(before, from, to, after, share);
}

/**
 * The cell of evenly spaced nodes that a value is in, or that is nearest to it, and how far along it is.
 * @param {Numbers} nodes
 * @param {number} value
 * @returns {[number, number]}
 */
function cellOf(nodes, value) {
  const last = nodes.length - 1;
  const [first, end] = [Number(nodes[0]), Number(nodes[last])];
  const place = ((value - first) / (end - first)) * last;
  const cell = Math.max(0, Math.min(Math.floor(place), last - 1));
  return [cell, place - cell];
}

/**
 * @param {number} before
 * @param {number} from
 * @param {number} to
 * @param {number} after
 * @param {number} share of the way between the two in the middle
 */
function cubic(before, from, to, after, share) {
  const slope = (to - before) / 2;
  const end = (after - from) / 2;
  const rise = to - from;
  return from + share * (slope + share * (3 * rise - 2 * slope - end + share * (slope + end - 2 * rise)));
}

/**
 * Round heights between the lowest and the highest, at most so many.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 */
export function levelsBetween(low, high, most) {
  const rough = (high - low) / most;
  if (!(rough > 0) || high - low <= 1e-12 * Math.max(Math.abs(low), Math.abs(high))) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const apart = [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= rough) ?? 10 * power;
  const first = Math.ceil(low / apart);
  const count = Math.floor(high / apart) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * apart);
}

/** @param {Grid} grid */
export function rangeOf({ heights }) {
  let [low, high] = [Infinity, -Infinity];
  for (const height of heights) {
    if (height < low) low = height;
    if (height > high) high = height;
  }
  return /** @type {[number, number]} */ ([low, high]);
}

/**
 * A line of equal height, as pieces of the data of an SVG's path; in the grid's own units, from its upper left corner
 * (marching squares: W. E. Lorensen and H. E. Cline 1987, doi:10.1145/37402.37422, in the plane).
 * @param {Grid} grid
 * @param {number} level
 * @param {number} width of the whole, in pixels
 * @param {number} height
 */
export function levelLine({ columns, rows, heights }, level, width, height) {
  const [across, down] = [width / (columns - 1), height / (rows - 1)];
  /** @type {string[]} */
  const pieces = [];
  /** @type {(place: number) => number} */
  const at = (place) => heights[place] ?? NaN;
  for (let row = 0; row < rows - 1; row += 1) {
    for (let column = 0; column < columns - 1; column += 1) {
      const low = row * columns + column;
      const [one, two, three, four] = [at(low), at(low + 1), at(low + columns + 1), at(low + columns)];
      // Most cells lie above or below the line.
      if ((one >= level && two >= level && three >= level && four >= level)
        || (one < level && two < level && three < level && four < level)) continue;
      const corners = [one, two, three, four];
      const crossed = crossings(corners, level);
      // A saddle has four crossings, which belong together two by two.
      for (let pair = 0; pair + 1 < crossed.length; pair += 2) {
        const ends = [crossed[pair], crossed[pair + 1]].map((place) => {
          const [x = 0, y = 0] = place ?? [];
          return `${((column + x) * across).toFixed(1)},${(height - (row + y) * down).toFixed(1)}`;
        });
        pieces.push(`M${ends.join("L")}`);
      }
    }
  }
  return pieces.join("");
}

/** From which corner to which the four edges of a cell lead: below, right, above, left. */
const EDGES = [[0, 1], [1, 2], [3, 2], [0, 3]];
const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];

/**
 * Where a level crosses the edges of a cell, in units of the cell.
 * @param {number[]} corners lower left, lower right, upper right, upper left
 * @param {number} level
 * @returns {number[][]}
 */
function crossings(corners, level) {
  if (!corners.every(Number.isFinite)) return [];
  return EDGES.flatMap(([from = 0, to = 0]) => {
    const [one = 0, other = 0] = [corners[from], corners[to]];
    if ((one >= level) === (other >= level)) return [];
    const share = (level - one) / (other - one);
    const [[x = 0, y = 0] = [], [right = 0, top = 0] = []] = [CORNERS[from], CORNERS[to]];
    return [[x + share * (right - x), y + share * (top - y)]];
  });
}
