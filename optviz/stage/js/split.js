// @ts-check
// How map and curves share a picture: the map is as large as the room allows, the curves have the rest.

/** @import { Dict } from "./types.js" */

const BESIDE = 76; // pixels between a map and the curves to its right, for their numbers and their title of 12 px
const BESIDE_MAP = 14; // and between a map and a 3-D chart
const LARGE = 560; // pixels of a map that may be smaller for names
const BELOW = 52; // and between a map and the curves below it
const NARROWEST_BESIDE = 190; // of curves beside a map
const LEAST_SHARE = 0.26; // of the room that they have in any case
const LOWEST = 120; // of curves below a map
const LOWEST_SIDEWAYS = 140; // of a picture on a phone on its side
const PHONE_MARGINS = 50; // beside a map on a phone
const MARGINS = 46; // above and below both

/**
 * Width by height of what a map shows; 1 where its axes have scales of their own.
 * @param {Dict} layout
 */
export function aspectOf({ xaxis, yaxis }) {
  if (!yaxis?.scaleanchor || !xaxis?.range || !yaxis.range) return 1;
  return (xaxis.range[1] - xaxis.range[0]) / (yaxis.range[1] - yaxis.range[0]);
}

/**
 * The domains of the axes of a map and of the curves to its right, in a picture of this size. Names at the ends of the
 * curves have room where the map stays large all the same.
 * @param {Dict} layout with its margins
 * @param {{ width: number, height: number, names: number }} room
 */
export function besideOneAnother(layout, { width, height, names }) {
  const { margin } = layout;
  const high = height - margin.t - margin.b;
  const wanted = high * aspectOf(layout);
  const between = BESIDE * ((layout["yaxis2"]?.tickfont?.size ?? 12) / 12);
  /** @param {number} right */
  const shared = (right) => {
    const wide = width - margin.l - right;
    return { right, wide, map: Math.min(wanted, wide - between - Math.max(NARROWEST_BESIDE, LEAST_SHARE * wide)) };
  };
  const [named, bare] = [shared(Math.max(margin.r, names)), shared(margin.r)];
  const { right, wide, map } = named.map >= Math.min(bare.map - 1, LARGE) ? named : bare;
  return {
    margin: { r: right },
    xaxis: { domain: [0, map / wide] },
    yaxis: { domain: [0, 1] },
    xaxis2: { domain: [(map + between) / wide, 1] },
    yaxis2: { domain: [0, 1] },
  };
}

/**
 * The domains of a 3-D chart and of the curves to its right, and of a map to its left where one is shown: parts
 * of what the curves' numbers leave, the largest that of the 3-D chart. Names at the ends of the curves have room where
 * the curves stay long enough for them.
 * @param {Dict} layout with its margins
 * @param {{ width: number, names: number }} room
 */
export function besideScene(layout, { width, names }) {
  const { margin, xaxis, yaxis2 } = layout;
  const between = BESIDE * ((yaxis2?.tickfont?.size ?? 12) / 12);
  const isBoth = xaxis !== undefined && xaxis.visible !== false;
  /** @param {number} right */
  const shared = (right) => {
    const wide = width - margin.l - right;
    const parts = wide - between - (isBoth ? BESIDE_MAP : 0);
    return { right, wide, map: isBoth ? 0.3 * parts : 0, curves: (isBoth ? 0.3 : 0.42) * parts };
  };
  const [named, bare] = [shared(Math.max(margin.r, names)), shared(margin.r)];
  const { right, wide, map, curves } = named.curves >= NARROWEST_BESIDE ? named : bare;
  const left = isBoth ? map + BESIDE_MAP : 0;
  return {
    margin: { r: right },
    ...(isBoth && { xaxis: { domain: [0, map / wide] } }),
    scene: { domain: { x: [left / wide, 1 - (curves + between) / wide] } },
    xaxis2: { domain: [1 - curves / wide, 1] },
  };
}

/**
 * The domains of the axes of a map and of the curves below it.
 * @param {Dict} layout with its margins
 * @param {{ width: number, height: number }} room
 */
export function belowOneAnother(layout, { width, height }) {
  const { margin } = layout;
  const [wide, high] = [width - margin.l - margin.r, height - margin.t - margin.b];
  const map = Math.min(wide / aspectOf(layout), Math.max(high - BELOW - LOWEST, 0.5 * high));
  return {
    xaxis: { domain: [0, 1] },
    yaxis: { domain: [1 - map / high, 1] },
    xaxis2: { domain: [0, 1] },
    yaxis2: { domain: [0, 1 - (map + BELOW) / high] },
  };
}

/**
 * How high the picture is to be, in pixels: what is in sight is used, and on a phone, where the page is scrolled anyway,
 * the map is as wide as the screen.
 * @param {{ width: number, inSight: number, isNarrow: boolean, isPhone: boolean, isLow?: boolean, isAlone?: boolean }} room
 *   isAlone: the map has no curves below it, or they have no map above them; isLow: a phone on its side; inSight: pixels
 *   from the top of the picture to the lower edge of the window, without what stands below the picture
 */
export function heightOf({ width, inSight, isNarrow, isPhone, isLow = false, isAlone = false }) {
  if (isLow) return Math.round(Math.max(inSight, LOWEST_SIDEWAYS));
  if (isPhone && isAlone) return Math.round(width - PHONE_MARGINS + MARGINS);
  if (isPhone) return Math.round(Math.max(width + BELOW + LOWEST + MARGINS - PHONE_MARGINS, Math.min(inSight, 1.6 * width)));
  if (isNarrow) return Math.round(Math.min(Math.max(inSight, 480, 0.66 * width + BELOW + LOWEST + MARGINS), 1.5 * width));
  return Math.round(Math.min(Math.max(inSight, 300), 0.8 * width));
}

/**
 * How high a small picture in a text is, in pixels.
 * @param {Dict} layout of the figure
 * @param {{ width: number, isAlone: boolean, isNarrow: boolean }} room isAlone: without curves; isNarrow: they are below
 */
export function heightInText(layout, { width, isAlone, isNarrow }) {
  const map = (width - PHONE_MARGINS) / aspectOf(layout) + MARGINS;
  if (isAlone) return Math.round(Math.min(Math.max(map, 200), 380));
  return Math.round(isNarrow ? Math.min(map, 400) + BELOW + LOWEST : Math.max(0.44 * width, 250));
}
