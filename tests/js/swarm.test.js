// The points of a swarm: where they are between moments, on the map and in 3-D, and what hides them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SCENE_CHART } from "../../optviz/stage/js/layers/scene.js";
import { SwarmPoints } from "../../optviz/stage/js/layers/swarm.js";
import { swarmTold } from "../../optviz/stage/js/state.js";

globalThis.Path2D = class {};
globalThis.document = { createElement: () => ({ getContext: () => null }) };

const NOWHERE = 65535;
const WHOLE = 65534;
const MIDDLE = WHOLE / 2;
const BOX = { left: 10, top: 20, width: 300, height: 300 };
// The box of the swarm is [0, 3] × [0, 3], of which the map shows [1, 2] × [1, 2].
const GEOMETRY = { boxes: [BOX], x: [(x) => 10 + 300 * (x - 1)], y: [(y) => 320 - 300 * (y - 1)] };
const LAYER = {
  kind: "swarm", racer: 1, color: "red", starts: 2, every: 4, steps: 10, places: "@places", box: [0, 3, 0, 3],
  grid: { x: "@map/x", y: "@map/y", z: "@map/shade" }, told: "where they end",
};
const THIRD = Math.round(WHOLE / 3);
// Moments at the steps 0, 4, 8 and 10: the first start goes from the middle to the lower left, the second gets lost.
const PLACES = Uint16Array.from([
  MIDDLE, MIDDLE, MIDDLE, MIDDLE,
  MIDDLE, MIDDLE, MIDDLE, MIDDLE,
  MIDDLE, MIDDLE, NOWHERE, NOWHERE,
  THIRD, THIRD, NOWHERE, NOWHERE,
]);

function mark({ layer = {}, geometry = GEOMETRY, arrays = [] } = {}) {
  const made = new SwarmPoints({ ...LAYER, ...layer });
  const theme = { casing: "white" };
  made.measure({ geometry, arrays: new Map([["places", PLACES], ...arrays]), theme, thickness: 1 });
  return made;
}

/** A context that notes each point as [left, top, alpha], once. */
function painted(made, moment) {
  const points = [];
  const context = {
    save() {}, restore() {}, rect() {}, clip() {}, beginPath() { this.now = []; }, moveTo() {}, stroke() {},
    arc(left, top) { this.now.push([Math.round(left), Math.round(top), this.globalAlpha]); },
    fill() { points.push(...this.now); },
  };
  made.paintMoving(context, { position: 0, playing: false, hidden: [], lit: null, ...moment });
  return points;
}
const spots = (made, moment) => painted(made, moment).map(([left, top]) => [left, top]);

for (const [position, seen] of [
  [0, [[160, 170], [160, 170]]],
  [3.5, [[160, 170], [160, 170]]],
  [4, [[160, 170], [160, 170]]],
  [5, [[160, 170]]], // the second is on its way to nowhere
  [8, [[160, 170]]],
  [9, [[85, 245]]], // half-way of the last stretch, which is shorter
  [10, [[10, 320]]],
]) {
  test(`at step ${position} they are at ${JSON.stringify(seen)}`, () => {
    assert.deepEqual(spots(mark(), { position }), seen);
  });
}

test("a zoom takes them along, and what is out of sight is left out", () => {
  const zoomed = { ...GEOMETRY, x: [(x) => 10 + 600 * (x - 1)] };
  assert.deepEqual(spots(mark({ geometry: zoomed }), { position: 0 }), [[310, 170], [310, 170]]);
  const elsewhere = { ...GEOMETRY, x: [(x) => 1000 + x] };
  assert.deepEqual(spots(mark({ geometry: elsewhere }), { position: 0 }), []);
});

test("it is hidden with its racer, and pale while another is pointed at", () => {
  assert.deepEqual(painted(mark(), { hidden: [1] }), []);
  assert.deepEqual(mark().shapes(0, { position: 0, hidden: [1], lit: null }), { clipped: [], free: [] });
  const [[, , usual]] = painted(mark(), { hidden: [0] });
  const [[, , lit]] = painted(mark(), { lit: 1 });
  const [[, , pale]] = painted(mark(), { lit: 0 });
  assert.equal(lit, usual);
  assert.ok(pale < usual / 2);
});

test("as shapes it is a casing and the points, each a circle, on the map alone", () => {
  const { clipped, free } = mark().shapes(0, { position: 0, hidden: [], lit: null });
  assert.deepEqual(clipped.map(({ fill, stroke }) => [fill, stroke]), [["none", "white"], ["red", "none"]]);
  assert.ok(clipped.every(({ path }) => path.split("Z").length === 3 && !path.includes("NaN")));
  assert.deepEqual(free, []);
  assert.deepEqual(mark().shapes(1, { position: 0, hidden: [], lit: null }).clipped, []);
});

test("in 3-D they stand on the surface; behind a wall they are dim, beyond the edge they are not", () => {
  const grid = Float32Array.from({ length: 31 }, (_, i) => i / 10);
  const rows = Array.from(grid, (y) => Float32Array.from(grid, () => (Math.abs(y - 1.2) < 0.11 ? 1 : 0)));
  const box = { left: 0, top: 0, width: 400, height: 400 };
  const sight = { box, eye: [0, -1, 0.2, 0], project: (x, y, z) => [100 * x, 400 - 100 * y - 10 * z] };
  const arrays = [["map/x", grid], ["map/y", grid], ["map/shade", rows]];
  const made = mark({ geometry: { ...GEOMETRY, boxes: [{ ...BOX, width: 0 }], sight }, arrays });
  const [behind] = painted(made, { position: 8 });
  const [before] = painted(made, { position: 10 });
  assert.deepEqual([behind.slice(0, 2), before.slice(0, 2)], [[150, 250], [100, 300]]);
  assert.ok(behind[2] < before[2]);
  assert.equal(made.shapes(SCENE_CHART, { position: 10, hidden: [], lit: null }).clipped.length, 2);
  const outside = mark({ geometry: { ...GEOMETRY, boxes: [], sight }, arrays, layer: { box: [5, 8, 5, 8] } });
  assert.deepEqual(painted(outside, { position: 0 }), []);
});

test("a saved picture says where they end, but not under the veil and not with its racer hidden", () => {
  const state = (more) => ({
    message: { header: { layers: [LAYER, { kind: "tracks", steps: 10, racers: [{}, {}] }], token: "a" } },
    hidden: [], veiled: false, playedRace: null, ...more,
  });
  assert.deepEqual(swarmTold(state({})), ["where they end"]);
  assert.deepEqual(swarmTold(state({ hidden: [1] })), []);
  assert.deepEqual(swarmTold(state({ veiled: true })), []);
  assert.deepEqual(swarmTold(state({ veiled: true, playedRace: "a" })), ["where they end"]);
});
