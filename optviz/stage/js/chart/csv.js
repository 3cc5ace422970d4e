// @ts-check
// What a chart draws, as a table: a line per mark.

/** @import { Dict } from "../types.js" */

const COLUMNS = ["chosen", "chart", "series", "row", "x", "y", "value", "low", "high"];

/**
 * A column in which nothing stands is left out. chosen: what is chosen of the figure, in words; chart: the title of the
 * axis that the numbers belong to; row: what a mark is called; low and high: the ends of its interval.
 * @param {Dict[]} data
 * @param {Dict} layout
 * @param {string} [chosen]
 */
export function csvOf(data, layout, chosen = "") {
  const drawn = data.filter(({ visible }) => visible === undefined || visible === true);
  const lines = drawn.flatMap((trace) => linesOf(trace, layout));
  for (const line of lines) line["chosen"] = plain(chosen);
  const used = COLUMNS.filter((column) => lines.some((line) => told(line[column])));
  const rows = [used, ...lines.map((line) => used.map((column) => cell(line[column])))];
  return `${rows.map((row) => row.join(",")).join("\r\n")}\r\n`;
}

/**
 * @param {Dict} trace
 * @param {Dict} layout
 * @returns {Dict[]}
 */
function linesOf(trace, layout) {
  const across = layout[axisName(trace["xaxis"], "x")] ?? {};
  const up = layout[axisName(trace["yaxis"], "y")] ?? {};
  const isOfRows = up["tickvals"] !== undefined;
  const named = { chart: plain((isOfRows ? across : up)["title"]?.text), series: plain(trace["name"]) };
  if (trace["type"] === "heatmap") return cellsOf(trace, across, up, named);
  return Array.from(trace["x"], (x, place) => {
    const row = plain(trace["text"]?.[place]);
    return { ...named, row, x, ...(isOfRows ? {} : { y: trace["y"][place] }), ...ends(trace["error_x"], x, place) };
  });
}

/**
 * @param {Dict} trace
 * @param {Dict} across
 * @param {Dict} up
 * @param {Dict} named
 * @returns {Dict[]}
 */
function cellsOf(trace, across, up, named) {
  /** @type {ArrayLike<number>[]} */
  const rows = trace["z"];
  return rows.flatMap((row, down) => Array.from(row, (value, right) => (
    { ...named, row: plain(up["ticktext"]?.[down]), x: plain(across["ticktext"]?.[right]), value })))
    .filter(({ value }) => told(value));
}

/**
 * @param {Dict | undefined} bars
 * @param {number} value
 * @param {number} place
 */
function ends(bars, value, place) {
  if (!bars) return {};
  return { low: value - bars["arrayminus"][place], high: value + bars["array"][place] };
}

/**
 * @param {string | undefined} named such as "x2"
 * @param {string} letter
 */
function axisName(named, letter) {
  return `${letter}axis${(named ?? letter).slice(1)}`;
}

/** @param {unknown} value */
function told(value) {
  return value !== undefined && value !== null && value !== "" && !Number.isNaN(value);
}

/**
 * A text without Plotly's signs.
 * @param {unknown} text
 */
function plain(text) {
  return String(text ?? "").replace(/(?<=：)<br>|<br>(?=（)/g, "").replace(/<br>/g, " ").replace(/<\/?b>/g, "").replace(/&lt;/g, "<").replace(/&amp;/g, "&");
}

/** @param {unknown} value */
function cell(value) {
  if (!told(value)) return "";
  if (typeof value === "number") return String(value);
  const text = String(value);
  // A spreadsheet would take it for a formula.
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
