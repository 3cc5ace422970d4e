// A chart that stands still: what is drawn, what a click sends, and its table.

import assert from "node:assert/strict";
import { test } from "node:test";

import { chartOf, markOf } from "../../optviz/stage/js/chart/chart.js";
import { csvOf } from "../../optviz/stage/js/chart/csv.js";

const message = () => ({
  header: {
    plot: { data: [{ x: "@x", name: "one", line: { color: "@theme/ink" } }], layout: { height: 200, xaxis: { title: { text: "t" } } } },
    arrangements: { wide: { margin: { l: 9 } }, narrow: { margin: { l: 3 } } },
    views: { first: { data: {}, layout: {} }, second: { data: { 0: { x: "@other" } }, layout: { height: 300 } } },
    choices: { which: ["first", "second"] },
    themes: { light: { ink: "#000" }, dark: { ink: "#fff" } },
  },
  arrays: new Map([["x", [1, 2]], ["other", [3]]]),
});

test("the first of each choice is shown, with the room's arrangement and the theme's colours", () => {
  const { data, layout } = chartOf(message(), {}, "dark", 900);
  assert.deepEqual([data[0].x, data[0].line.color], [[1, 2], "#fff"]);
  assert.deepEqual([layout.width, layout.height, layout.margin.l], [900, 200, 9]);
  assert.equal(chartOf(message(), {}, "light", 390).layout.margin.l, 3);
});

test("what is chosen changes numbers and height, and nothing of the message", () => {
  const sent = message();
  const { data, layout } = chartOf(sent, { which: "second" }, "light", 900);
  assert.deepEqual([data[0].x, layout.height], [[3], 300]);
  assert.deepEqual(chartOf(sent, { which: "first" }, "light", 900).data[0].x, [1, 2]);
});

test("a mark sends what is noted at it, or at its trace with its place; any other nothing", () => {
  assert.deepEqual(markOf({ customdata: ["pair", 0, 1], pointNumber: 4 }), ["pair", 0, 1]);
  assert.deepEqual(markOf({ data: { meta: ["band", 2] }, pointNumber: 4 }), ["band", 2, 4]);
  assert.equal(markOf({ data: {}, pointNumber: 4 }), null);
  assert.equal(markOf({ customdata: [1, 2], data: {}, pointNumber: 4 }), null);
});

test("a table of rows has the ends of intervals, and no column of nothing", () => {
  const bars = { array: [0.25, 0.5], arrayminus: [0.25, 0.125] };
  const data = [
    { type: "scatter", name: "wins", x: [0.5, 0.75], y: [0, 1], text: ["a – b", "=1,&lt;c>"], error_x: bars },
    { type: "scatter", name: "unseen", x: [1], y: [0], visible: false },
  ];
  const layout = { xaxis: { title: { text: "who <b>wins</b>" } }, yaxis: { tickvals: [0, 1], ticktext: ["a", "b"] } };
  assert.equal(csvOf(data, layout), [
    "chart,series,row,x,low,high", "who wins,wins,a – b,0.5,0.25,0.75", "who wins,wins,\"'=1,<c>\",0.75,0.625,1.25", "",
  ].join("\r\n"));
});

test("a table of curves has both numbers, and what is not there is empty", () => {
  const data = [{ type: "scatter", name: "Adam", xaxis: "x2", yaxis: "y2", x: new Float32Array([0, 1]), y: new Float32Array([0.5, NaN]) }];
  assert.equal(csvOf(data, { yaxis2: { title: { text: "gap" } } }), "chart,series,x,y\r\ngap,Adam,0,0.5\r\ngap,Adam,1,\r\n");
});

test("a table of cells has a line for each that is filled", () => {
  const data = [{ type: "heatmap", name: "wins", z: [[NaN, 0.25], [0.75, null]] }];
  const named = { ticktext: ["a", "b"], tickvals: [0, 1], title: { text: "" } };
  assert.equal(csvOf(data, { xaxis: named, yaxis: named }), "series,row,x,value\r\nwins,a,b,0.25\r\nwins,b,a,0.75\r\n");
});
