// Places of a map that has a name: where they are marked, and where one that moves is at each step.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { createElement: () => ({ getContext: () => null }) };
globalThis.Path2D = class { constructor(path) { this.path = path; } };

const { Places, moved } = await import("../../optviz/stage/js/layers/places.js");
const { SCENE_CHART, SceneRunners } = await import("../../optviz/stage/js/layers/scene.js");

const DRIFT = { x: "@drift:0", y: "@drift:1" };
const ARRAYS = new Map([
  ["drift", [Float64Array.from([0, 1, 2]), Float64Array.from([0, 0, -2])]], ["x", Float64Array.from([1, 1])], ["y", Float64Array.from([1, 1])],
  ["map/x", Float32Array.from([0, 4])], ["map/y", Float32Array.from([0, 4])], ["map/shade", [Float32Array.from([0, 0]), Float32Array.from([0, 0])]],
]);
ARRAYS.set("drift:0", ARRAYS.get("drift")[0]).set("drift:1", ARRAYS.get("drift")[1]);
const PLACES = [{ at: [1, 3], label: "", size: 6 }];
const BOX = { left: 0, top: 0, width: 40, height: 40 };
const SCENE = {
  arrays: ARRAYS, racers: [], theme: { ink: "black", casing: "white" }, thickness: 1, letters: 1, font: "", chosen: {},
  geometry: { boxes: [BOX], x: [(x) => 10 * x], y: [(y) => 40 - 10 * y], sight: { box: BOX, eye: [0, 0, 1, 0], project: (x, y) => [10 * x, 40 - 10 * y] } },
};

/** The middles of the marks among some shapes. */
const middles = (shapes) => shapes.filter(({ stroke }) => stroke === "black").map(({ path }) => {
  const [, left, top, arm] = /^M([-\d.]+),([-\d.]+)h([-\d.]+)/.exec(path).map(Number);
  return [left + arm / 2, top];
});
function measured(drift) {
  const made = new Places({ kind: "places", places: PLACES, ...(drift && { drift }) });
  made.measure(SCENE);
  return made;
}
/** What is painted, on the lower canvas and on the upper one, as numbers of strokes. */
function strokes(made, moment) {
  const count = (paint) => {
    let drawn = 0;
    paint({ save() {}, restore() {}, stroke() { drawn += 1; }, fill() {}, fillText() {}, strokeText() {}, setLineDash() {} });
    return drawn;
  };
  return [count((context) => made.paintUnder(context, moment, null)), count((context) => made.paintMoving(context, moment))];
}

test("a place moves with the play-head, also between two steps and beyond the last", () => {
  const found = [0, 0.5, 1.5, 2, 9].map((position) => moved([1, 3], DRIFT, ARRAYS, position));
  assert.deepEqual(found, [[1, 3], [1.5, 3], [2.5, 2], [3, 1], [3, 1]]);
  assert.deepEqual(moved([1, 3], undefined, ARRAYS, 2), [1, 3]);
});

test("the mark stands where the place is at that step, in the picture and in the SVG", () => {
  const still = measured();
  const moving = measured(DRIFT);
  for (const position of [0, 1, 2, 0]) {
    assert.deepEqual(middles(still.shapes(0, { position }).clipped), [[10, 10]]);
    const [x, y] = moved([1, 3], DRIFT, ARRAYS, position);
    assert.deepEqual(middles(moving.shapes(0, { position }).clipped), [[10 * x, 40 - 10 * y]]);
  }
});

test("what moves is painted on the canvas that is drawn anew, what stands still on the one that is kept", () => {
  assert.deepEqual(strokes(measured(), { position: 1 }), [2, 0]);
  assert.deepEqual(strokes(measured(DRIFT), { position: 1 }), [0, 2]);
});

test("it moves in 3-D too", () => {
  const made = new SceneRunners({
    kind: "scene", grid: { x: "@map/x", y: "@map/y", z: "@map/shade" }, places: PLACES, pinned: [], drift: DRIFT,
  });
  made.measure(SCENE);
  for (const position of [0, 2, 1]) {
    const [x, y] = moved([1, 3], DRIFT, ARRAYS, position);
    const moment = { position, hidden: [], futureIsHidden: false, pathsAreHidden: false };
    assert.deepEqual(middles(made.shapes(SCENE_CHART, moment).clipped), [[10 * x, 40 - 10 * y]]);
  }
});
