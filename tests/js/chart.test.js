// A chart that stands still: what is drawn, what a click sends, and its table.

import assert from "node:assert/strict";
import { test } from "node:test";

import { chartOf, markOf } from "../../optviz/stage/js/chart/chart.js";
import { csvOf } from "../../optviz/stage/js/chart/csv.js";
import { entitled, inLines } from "../../optviz/stage/js/chart/taken.js";

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

test("a table says what was chosen of the figure, and has no line of who was taken out in the legend", () => {
  const data = [
    { type: "scatter", name: "Adam", x: [1], y: [2], visible: true },
    { type: "scatter", name: "NAG", x: [1], y: [2], visible: "legendonly" },
  ];
  assert.equal(csvOf(data, {}, "gap ≤ 0.1 · step"), "chosen,series,x,y\r\ngap ≤ 0.1 · step,Adam,1,2\r\n");
});

test("what is taken away has a title, and below it what it is of, in as many lines as there is room for", () => {
  const figure = { data: [], layout: { width: 300, height: 200, margin: { t: 10 } } };
  const { layout } = entitled(figure, "#fff", "a < b", ["chosen", "", "a setting", "one of many more words than that"]);
  assert.equal(layout.title.text, "a &lt; b<br><span style=\"font-size:12px\">chosen · a setting</span>"
    + "<br><span style=\"font-size:12px\">one of many more words than that</span>");
  assert.deepEqual([layout.height, layout.margin.t, figure.layout.height], [268, 78, 200]);
  assert.deepEqual(inLines(["曲面".repeat(10), "曲面"], 301), ["曲面".repeat(10) + " · 曲面"]);
  assert.deepEqual(inLines(["曲面".repeat(10), "曲面"], 300), ["曲面".repeat(10), "曲面"]);
});

test("in a lecture room letters, marks and room grow with the screen, which is not outgrown", () => {
  globalThis.window = { innerWidth: 1920, innerHeight: 1000 };
  const sent = message();
  sent.header.present = true;
  sent.header.arrangements.presented = { xaxis: { title: { text: "short", font: { size: 10 } } } };
  Object.assign(sent.header.plot.layout, { font: { size: 12 }, legend: {}, height: 500 });
  sent.header.plot.data[0].marker = { size: 10 };
  const { data, layout } = chartOf(sent, {}, "light", 900);
  assert.deepEqual([layout.font.size, layout.xaxis.title.font.size, layout.xaxis.title.text], [24, 20, "short"]);
  assert.deepEqual([layout.height, layout.margin.l, data[0].marker.size], [720, 18, 16]);
  const narrow = chartOf(sent, {}, "light", 390);
  assert.deepEqual([narrow.layout.font.size, narrow.layout.height], [12, 500]);
});
