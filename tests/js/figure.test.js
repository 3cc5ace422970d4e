// The figure that Plotly is given, from the state.

import assert from "node:assert/strict";
import { test } from "node:test";

import { figureOf, merge, sceneFigureOf } from "../../optviz/stage/js/figure.js";
import { initialState, reduce } from "../../optviz/stage/js/state.js";

// Presented in a window of this width nothing is larger than on a desk.
globalThis.window = { innerWidth: 900 };

const ROOM = { width: 900, height: 500, coarse: false, names: 0 };
const trace = (y) => ({ x: "@steps", y, line: { width: 1 } });

function message(more = {}) {
  const racers = [
    { name: "a", traces: [0, 2], future: [0], own: [0] },
    { name: "b", traces: [1], future: [1], own: [1] },
  ];
  return {
    header: {
      plot: { data: [trace("@a"), trace("@b"), trace("@a")], layout: { yaxis: { title: { text: "loss", size: 3 } }, font: "@theme/ink" } },
      arrangements: { wide: { margin: { l: 50 } }, narrow: { margin: { l: 20 } }, presented: { margin: { l: 72 } } },
      views: {
        loss: { data: {}, layout: {}, veiled: { yaxis: { range: [0, 1] } } },
        gap: { data: { 1: { y: "@gap" } }, layout: { yaxis: { type: "log", title: { text: "gap" } } } },
      },
      choices: { axis: ["loss", "gap"] },
      layers: [{ kind: "tracks", steps: 1, racers }],
      clicks: {},
      token: "a race",
      ...more,
    },
    arrays: new Map([["steps", Int32Array.of(0, 1)], ["a", Float32Array.of(1, 2)], ["b", Float32Array.of(3, 4)], ["gap", Float32Array.of(5, 6)]]),
  };
}

const stateOf = (more, ...actions) => [{ type: "received", message: message(more) }, ...actions].reduce(reduce, initialState());
const visible = (figure) => figure.data.map((drawn) => drawn.visible);

test("references, arrangement and view are put in, and the message stays as it was", () => {
  const state = stateOf({}, { type: "choose", group: "axis", name: "gap" });
  const before = JSON.stringify(state.message.header);
  const { data, layout } = figureOf(state, { ink: "black" }, ROOM);
  assert.deepEqual(layout, {
    yaxis: { title: { text: "gap", size: 3 }, type: "log" }, font: "black", margin: { l: 50 }, width: 900, height: 500, autosize: false,
  });
  assert.equal(data[1].y, state.message.arrays.get("gap"));
  assert.equal(data[0].x, state.message.arrays.get("steps"));
  assert.equal(JSON.stringify(state.message.header), before);
});

test("a narrow room, a presentation and a finger have arrangements of their own", () => {
  const left = (more, room) => figureOf(stateOf(more), {}, { ...ROOM, ...room }).layout.margin.l;
  assert.deepEqual([left({}, { width: 400 }), left({ present: true }, {}), left({ present: true }, { width: 400 })], [20, 72, 20]);
  assert.equal(figureOf(stateOf({ present: true }), {}, ROOM).data[0].line.width, 1.6);
  assert.equal(figureOf(stateOf({}), {}, { ...ROOM, coarse: true }).layout.dragmode, false);
});

test("map and curves share the room beside one another, with room for names, or below one another", () => {
  const charts = { margin: { l: 50, r: 18, t: 8, b: 40 }, xaxis: {}, xaxis2: {}, yaxis: {}, yaxis2: {} };
  const layoutOf = (room, layout = {}) => figureOf(
    stateOf({ plot: { data: [trace("@a"), trace("@b"), trace("@a")], layout: { ...charts, ...layout } }, arrangements: { wide: {}, narrow: {} } }),
    {}, { ...ROOM, ...room },
  ).layout;
  const wide = layoutOf({ width: 1200, names: 90 });
  assert.equal(wide.margin.r, 90);
  assert.ok(wide.xaxis.domain[1] < wide.xaxis2.domain[0]);
  const upright = layoutOf({ upright: true });
  assert.deepEqual([upright.xaxis.domain, upright.margin.r], [[0, 1], 18]);
  assert.ok(upright.yaxis2.domain[1] < upright.yaxis.domain[0]);
  assert.equal(layoutOf({}, { xaxis: { visible: false } }).xaxis.domain, undefined);
});

test("a racer that is hidden takes all its traces along, a hidden future only what tells of it", () => {
  assert.deepEqual(visible(figureOf(stateOf({}), {}, ROOM)), [true, true, true]);
  assert.deepEqual(visible(figureOf(stateOf({}, { type: "toggle", index: 0 }), {}, ROOM)), [false, true, false]);
  const veiled = figureOf(stateOf({}, { type: "veil", veiled: true }), {}, ROOM);
  assert.deepEqual(visible(veiled), [false, false, true]);
  assert.deepEqual(veiled.layout.yaxis.range, [0, 1]);
});

test("a patch replaces arrays whole and dicts entry by entry", () => {
  assert.deepEqual(merge({ a: { b: 1, c: [1, 2] } }, { a: { c: [3], d: null } }), { a: { b: 1, c: [3], d: null } });
});

test("a trace that a view hides stays hidden, whoever's it is", () => {
  const views = { flat: { data: {}, layout: {} }, deep: { data: { 0: { visible: false } }, layout: {} } };
  const state = stateOf({ views, choices: { drawn: ["flat", "deep"] } }, { type: "choose", group: "drawn", name: "deep" });
  assert.deepEqual(visible(figureOf(state, {}, ROOM)), [false, true, true]);
});

test("where a 3-D chart has its place is told in pixels, by the arrangement of its view, and nothing of it to Plotly", () => {
  const margin = { l: 50, r: 10, t: 20, b: 30 };
  const arrangements = {
    wide: { margin }, narrow: { margin }, "wide deep": { scene: { domain: { x: [0, 0.5], y: [0.2, 1] } } },
  };
  const more = { arrangements, views: {}, choices: { drawn: ["deep", "flat"] } };
  const { layout, room } = figureOf(stateOf(more), {}, { ...ROOM, width: 860, height: 450 });
  assert.deepEqual(room, { left: 50, top: 20, width: 400, height: 320 });
  assert.equal("scene" in layout, false);
  const alone = figureOf(stateOf(more, { type: "open_tab", tab: "surface" }), {}, { ...ROOM, width: 860, height: 450 }).room;
  assert.deepEqual([alone.left, alone.width, alone.beside > 0], [0, 860, true], "as a tab it has all the width");
});

test("the figure of a 3-D chart has its look, and in a lecture room larger letters", () => {
  const scene = {
    kind: "scene", group: "drawn", shown: ["3d"], choices: ["look"], presented: { scene: { font: 19 } },
    arrangements: { "wide own": { scene: { box: 3 } } },
    plot: { data: [{ type: "surface", z: "@a", colorscale: "@theme/relief" }], layout: { scene: { font: 11, box: 1 } } },
  };
  const look = { data: { 0: { colorscale: "@theme/other" } }, layout: { scene: { box: 2 } } };
  const more = { layers: [scene], views: { own: {}, article: { data: {}, layout: {}, scene: look } }, choices: { look: ["own", "article"] } };
  const themed = { relief: ["blue"], other: ["red"] };
  const plain = sceneFigureOf(stateOf(more), themed);
  assert.deepEqual([plain.data[0].colorscale, plain.layout.scene], [["blue"], { font: 11, box: 1 }]);
  assert.equal(plain.data[0].z.length, 2);
  assert.deepEqual(sceneFigureOf(stateOf(more), themed, "wide").layout.scene, { font: 11, box: 3 });
  assert.deepEqual(sceneFigureOf(stateOf(more), themed, "narrow").layout.scene, { font: 11, box: 1 });
  const article = sceneFigureOf(stateOf({ ...more, present: true }, { type: "choose", group: "look", name: "article" }), themed);
  assert.deepEqual([article.data[0].colorscale, article.layout.scene], [["red"], { font: 19, box: 2 }]);
});

test("on a phone one of two tabs has all the room, and nothing of the other one is drawn", () => {
  const on = (axis) => ({ ...trace("@a"), xaxis: axis });
  const layout = { margin: { l: 0, r: 0, t: 0, b: 0 }, xaxis: {}, yaxis: {}, xaxis2: {}, yaxis2: {} };
  const more = {
    plot: { data: [trace("@a"), on("x2"), on("x")], layout },
    arrangements: {
      narrow: {}, "alone map": { xaxis2: { visible: false }, yaxis: { domain: [0, 1] } }, "alone curves": { xaxis: { visible: false } },
    },
    views: {}, choices: { drawn: ["map"] },
  };
  const shown = (tab) => figureOf(stateOf(more, { type: "open_tab", tab }), {}, { ...ROOM, width: 366 });
  assert.deepEqual(visible(shown("surface")), [true, false, true]);
  assert.deepEqual(visible(shown("curves")), [false, true, false]);
  assert.deepEqual(visible(shown(null)), [true, true, true]);
  assert.deepEqual(shown("surface").layout.yaxis.domain, [0, 1]);
});
