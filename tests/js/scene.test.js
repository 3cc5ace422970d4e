// Racers on the surface of a 3-D chart: what of them is drawn how.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SCENE_CHART, SceneRunners } from "../../optviz/stage/js/layers/scene.js";

// A wall across the middle of [0, 4] × [0, 4], y from 1.9 to 2.1; the eye far away behind it, a little above the ground.
const GRID = Float32Array.from({ length: 41 }, (_, i) => i / 10);
const ROWS = Array.from(GRID, (y) => Float32Array.from(GRID, () => (Math.abs(y - 2) < 0.15 ? 1 : 0)));
const BOX = { left: 0, top: 0, width: 400, height: 400 };
const SIGHT = { box: BOX, eye: [0, 1, 0.2, 0], project: (x, y, z) => [100 * x, 400 - 100 * y - 10 * z] };

/** A context that notes strokes as [path length, alpha, dashes]. */
function recorder() {
  const drawn = [];
  const context = {
    save() {}, restore() {}, rect() {}, clip() {}, fill() {}, setLineDash(dash) { this.dash = dash; },
    beginPath() { this.points = []; }, moveTo(...point) { this.points.push(point); }, lineTo(...point) { this.points.push(point); },
    stroke(shape) { if (!shape && this.points?.length > 1) drawn.push({ points: this.points, alpha: this.globalAlpha ?? 1, dash: this.dash ?? [] }); },
  };
  return { context, drawn };
}

globalThis.Path2D = class {};
globalThis.document = { createElement: () => ({ getContext: () => null }) };

const racer = (more = {}) => ({
  name: "a", color: "red", dash: "solid", marker: "circle", x: "@x", y: "@y", lost_at: -1, traces: [3], future: [3], ...more,
});
function mark({ x = [1, 1], y = [0.5, 3.5], more = {}, pinned = [], sight = SIGHT } = {}) {
  const arrays = new Map([
    ["x", Float64Array.from(x)], ["y", Float64Array.from(y)], ["map/x", GRID], ["map/y", GRID], ["map/shade", ROWS],
  ]);
  const layer = {
    kind: "scene", grid: { x: "@map/x", y: "@map/y", z: "@map/shade" }, places: [], pinned,
  };
  const made = new SceneRunners(layer);
  made.measure({ geometry: { sight, boxes: [] }, arrays, racers: [racer(more)], theme: {}, thickness: 1, letters: 1, font: "" });
  return made;
}
const MOMENT = { position: 1, playing: false, hidden: [], lit: null, futureIsHidden: true, pathsAreHidden: true };
const kept = (made, moment = {}, from = null) => {
  const { context, drawn } = recorder();
  made.paintKept(context, { ...MOMENT, ...moment }, from);
  return drawn;
};
const down = ({ points }) => [points[0][1], points.at(-1)[1]].map((top) => Math.round(top / 10));

test("what is behind the wall is pale and dotted, what is before it is not", () => {
  const drawn = kept(mark());
  assert.equal(drawn.length, 2);
  const [behind, before] = drawn;
  assert.ok(behind.alpha < 1 && behind.dash.length > 0);
  assert.deepEqual([before.alpha, before.dash], [1, []]);
  assert.deepEqual([down(behind)[0], down(before)[1]], [35, 5]);
  assert.deepEqual(behind.points.at(-1), before.points[0], "one ends where the other begins");
});

test("what has been drawn is not drawn again, and what is still to come not yet", () => {
  const drawn = kept(mark(), { position: 0.2 }, 0.1);
  assert.deepEqual(drawn.map(down), [[32, 29]]);
  assert.deepEqual(kept(mark(), { hidden: [0] }), []);
  assert.equal(kept(mark(), { position: 0, pathsAreHidden: false }).length, 2, "the whole path, pale");
});

test("while another racer is pointed at a path is pale", () => {
  const alphas = (lit) => kept(mark(), { lit }).map(({ alpha }) => alpha);
  assert.deepEqual(alphas(0), alphas(null));
  assert.ok(alphas(1).every((alpha, run) => alpha < 0.3 * alphas(null)[run]));
});

test("a head stands on the surface; behind the wall it is dimmed", () => {
  const [behind] = mark().headShapes(0, []);
  const [before] = mark().headShapes(1, []);
  assert.ok(behind.opacity < 1);
  assert.equal(before.opacity, undefined);
  assert.deepEqual(mark().headShapes(1, [0]), []);
  assert.deepEqual(mark({ x: [1, 9], y: [1, 1] }).headShapes(1, []), [], "nobody stands beyond the edge");
});

test("who leaves for good leaves a cross on the edge of the surface", () => {
  const made = mark({ x: [1, 9, NaN], y: [3, 3, NaN], more: { lost_at: 1 } });
  const [head] = made.headShapes(1, []);
  assert.equal(head.fill, "none");
  assert.ok(head.path.startsWith("M395,95"), head.path); // around x = 4, y = 3
});

test("marks on the very edge are drawn, though the grid is in single precision", () => {
  const made = mark({ sight: { ...SIGHT, box: { ...BOX, width: 401 } } });
  made.layer.places = [{ at: [4 + 1e-9, 1], label: "", size: 4 }];
  made.measure(made.scene);
  assert.equal(made.places.marks.length, 2); // the "+" and its halo
});

test("a pinned path goes with its racer, and with the future where it tells of it", () => {
  const pinned = [{ x: "@x", y: "@y", color: "blue", trace: 3 }];
  const count = (moment) => kept(mark({ pinned }), { position: 0, ...moment }).length;
  const shown = { futureIsHidden: false };
  // As on the map: the pale paths of the race itself are another matter.
  assert.deepEqual([count({}), count(shown), count({ ...shown, pathsAreHidden: false }), count({ ...shown, hidden: [0] })], [0, 2, 4, 0]);
});

test("an SVG has the same parts, each in its casing, and only in the place of the 3-D chart", () => {
  assert.deepEqual(mark().shapes(0, MOMENT), { clipped: [], free: [] });
  const { clipped, free } = mark().shapes(SCENE_CHART, MOMENT);
  // The casing of what is seen; the ring of the start, which is behind the wall; what is hidden, and what is seen.
  assert.deepEqual(clipped.map(({ opacity }) => opacity === undefined), [true, false, false, false, true]);
  assert.equal(free.length, 1);
});

test("an SVG has the pinned and the pale paths where the screen has them, as wide and as pale", () => {
  const pinned = [{ x: "@x", y: "@y", color: "blue", trace: 3 }];
  const lines = (moment) => mark({ pinned }).shapes(SCENE_CHART, { ...MOMENT, position: 0, ...moment }).clipped
    .filter(({ stroke }) => stroke === "blue" || stroke === "red").map(({ stroke, width, opacity }) => [stroke, width, Number(opacity.toFixed(3))]);
  const [blue, red] = [[["blue", 6, 0.104], ["blue", 6, 0.26]], [["red", 1.4, 0.152], ["red", 1.4, 0.38]]];
  assert.deepEqual(lines({}), []);
  assert.deepEqual(lines({ futureIsHidden: false }), blue);
  assert.deepEqual(lines({ futureIsHidden: false, pathsAreHidden: false }), [...blue, ...red]);
  assert.deepEqual(lines({ futureIsHidden: false, pathsAreHidden: false, hidden: [0] }), []);
});

test("where there is no 3-D chart on the screen nothing is drawn", () => {
  const made = mark({ sight: null });
  assert.deepEqual([kept(made), made.shapes(SCENE_CHART, MOMENT)], [[], { clipped: [], free: [] }]);
});
