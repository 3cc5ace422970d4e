// @ts-check
// A chart in a lecture room: letters, marks and lines grow with the screen, and the room that they need with them.

/** @import { Dict, Header } from "../types.js" */

import { lettersFor, thicknessFor } from "../figure.js";

const OF_THE_SCREEN = 0.72; // so much of its height a chart takes at most, if it need not be higher

/**
 * @param {Header} header
 * @param {{ data: Dict[], layout: Dict }} figure
 */
export function presented(header, { data, layout }) {
  if (!header.present) return;
  const letters = lettersFor(header);
  const named = Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name)).map((name) => layout[name]);
  const fonts = [
    ...[layout, layout["legend"], layout["hoverlabel"], ...named].map((part) => part?.font),
    ...named.flatMap((axis) => [axis.tickfont, axis.title?.font]),
    ...(layout["annotations"] ?? []).map((/** @type {Dict} */ note) => note["font"]),
  ];
  for (const font of fonts) if (font) font.size = (font.size ?? layout["font"]?.size ?? 12) * letters;
  const { margin = {}, height } = layout;
  for (const side of ["l", "r", "t", "b"]) if (margin[side]) margin[side] *= letters;
  layout["height"] = Math.round(Math.max(height, Math.min(height * letters, OF_THE_SCREEN * window.innerHeight)));
  for (const trace of data) thicken(trace, thicknessFor(header));
}

/**
 * @param {Dict} trace
 * @param {number} times
 */
function thicken({ line, marker, error_x: bars }, times) {
  if (line?.width) line.width *= times;
  if (typeof marker?.size === "number") marker.size *= times;
  if (bars) Object.assign(bars, { thickness: bars.thickness * times, width: bars.width * times });
}
