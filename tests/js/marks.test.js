// From mark to mark of a chart by the keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";

import { placeBy, placeOf, stopsOf } from "../../optviz/stage/js/chart/marks.js";

const ROWS = { yaxis: { tickvals: [0, 1] } };
const pixel = (axis, x) => (axis === "x" ? 0 : 1000) + 100 * x;
const trace = (changes) => ({ type: "scatter", visible: true, ...changes });
const told = (rows) => rows.map((stops) => stops.map(({ curve, point }) => `${curve}:${point}`).join(" "));

test("the rows of a chart of rows are those that are seen, each from left to right", () => {
  const data = [
    trace({ x: [0.5, 0.1], y: [0, 1] }),
    trace({ x: [1, 2], y: [1, 1], xaxis: "x2" }),
    trace({ x: [2, 2], y: [0, 0], xaxis: "x2" }),
    trace({ x: [0.1, 0.9], y: [0, 0] }),
  ];
  assert.deepEqual(told(stopsOf(data, ROWS, pixel)), ["3:0 0:0 3:1 2:0", "0:1 1:0 1:1"]);
});

test("each curve is a row, without what tells nothing, is hidden, or has no number", () => {
  const data = [
    trace({ x: [0, 1], y: [1, 1], hoverinfo: "skip" }),
    trace({ x: [0, 1, 2], y: [1, NaN, 3] }),
    trace({ x: [0, 1], y: [1, 2], visible: "legendonly" }),
    trace({ x: [5], y: [1], xaxis: "x2" }),
    trace({ x: [1, 0], y: [1, 2] }),
  ];
  assert.deepEqual(told(stopsOf(data, { yaxis: {} }, pixel)), ["1:0 1:2", "4:1 4:0", "3:0"]);
});

test("of cells those are come to that are filled", () => {
  const data = [trace({ type: "heatmap", z: [[NaN, 0.25, 0.5], new Float32Array([0.75, NaN, 0.1])] })];
  assert.deepEqual(told(stopsOf(data, ROWS, pixel)), ["0:0,1 0:0,2", "0:1,0 0:1,2"]);
});

test("a key leads along a row, and to the nearest mark of the next one; at an end it stays", () => {
  const row = (...across) => across.map((at, point) => ({ curve: 0, point, across: at }));
  const rows = [row(0, 10, 20), row(1, 21)];
  const from = (place, key, at = 0) => placeBy(rows, { row: at, place }, key);
  assert.deepEqual(from(0, "ArrowRight"), { row: 0, place: 1 });
  assert.deepEqual(from(0, "ArrowLeft"), { row: 0, place: 0 });
  assert.deepEqual(from(1, "End"), { row: 0, place: 2 });
  assert.deepEqual(from(2, "Home"), { row: 0, place: 0 });
  assert.deepEqual(from(0, "PageDown"), { row: 0, place: 2 });
  assert.deepEqual(from(2, "ArrowDown"), { row: 1, place: 1 });
  assert.deepEqual(from(1, "ArrowDown"), { row: 1, place: 0 });
  assert.deepEqual(from(1, "ArrowUp", 1), { row: 0, place: 2 });
  assert.deepEqual(from(2, "ArrowUp"), { row: 0, place: 2 });
  assert.equal(from(0, "Tab"), null);
});

test("from what was clicked the keys go on", () => {
  const rows = [[{ curve: 0, point: [0, 1], across: 3 }], [{ curve: 2, point: 7, across: 3 }]];
  assert.deepEqual(placeOf(rows, 2, 7), { row: 1, place: 0 });
  assert.deepEqual(placeOf(rows, 0, [0, 1]), { row: 0, place: 0 });
  assert.equal(placeOf(rows, 1, 7), null);
});
