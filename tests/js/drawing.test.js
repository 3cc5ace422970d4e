// Places on a canvas.

import assert from "node:assert/strict";
import { test } from "node:test";

import { at, exitOf, lengths, markerPath, rgb, stroke } from "../../optviz/stage/js/drawing.js";

const BOX = { left: 0, top: 0, width: 100, height: 50 };

test("between two steps lies what lies between them, beyond the last one the last", () => {
  const values = new Float32Array([1, 3, NaN]);
  assert.deepEqual([0, 0.25, 1, 5].map((position) => at(values.subarray(0, 2), position)), [1, 1.5, 3, 3]);
  assert.ok(Number.isNaN(at(values, 1.5)));
});

// Each path is inside at first; after `lost` it is not finite any more.
for (const [where, x, y, lost, expected] of [
  ["to the right", [10, 60, 160], [25, 25, 25], 2, { step: 2, left: 100, top: 25 }],
  ["to the left", [40, -40], [20, 40], 1, { step: 1, left: 0, top: 30 }],
  ["at the bottom", [50, 50], [40, 80], 1, { step: 1, left: 50, top: 50 }],
  ["at the top, far away", [50, 50], [10, -1e30], 1, { step: 1, left: 50, top: 0 }],
  ["out, back in and out for good", [50, 150, 50, 150], [25, 25, 25, 25], 3, { step: 3, left: 100, top: 25 }],
  ["nowhere: it ends inside", [50, 70], [25, 25], 1, { step: 1, left: 70, top: 25 }],
  ["out at the nearer of two edges", [90, 110], [25, 75], 1, { step: 1, left: 100, top: 50 }],
]) {
  test(`a path that diverges leaves ${where}`, () => {
    const exit = exitOf(Float64Array.from(x), Float64Array.from(y), lost, BOX);
    assert.equal(exit.step, expected.step);
    assert.ok(Math.hypot(exit.left - expected.left, exit.top - expected.top) < 1e-9, JSON.stringify(exit));
  });
}

test("a path that was never inside leaves nowhere", () => {
  assert.equal(exitOf(Float64Array.of(200, 300), Float64Array.of(25, 25), 1, BOX), null);
});

test("dashes go on over a gap, and over what is far away", () => {
  assert.deepEqual([...lengths([0, 3, NaN, 3, 6], [0, 4, 0, 4, 8])], [0, 5, 5, 5, 10]);
  assert.equal(lengths([0, 1e300], [0, 0])[1], 1e4);
});

test("a stroke has a gap where a value is missing, and begins and ends between steps", () => {
  const drawn = [];
  const pen = {
    beginPath() {}, stroke() {},
    moveTo: (x, y) => drawn.push(`M${x},${y}`), lineTo: (x, y) => drawn.push(`L${x},${y}`),
  };
  stroke(pen, [0, 10, NaN, 30, 40], [0, 0, 0, 0, 1e9], 0.5, 4);
  assert.deepEqual(drawn, ["M5,0", "L10,0", "M30,0", "L40,100000"]);
});

test("colours as browsers write them", () => {
  const colors = ["#12151f", " #fcfcfeff", "rgb(1, 2, 3)", "rgba(1, 2, 3, 0.5)", "rgba(0, 0, 0, 0)", "transparent", ""];
  assert.deepEqual(colors.map(rgb), [[18, 21, 31], [252, 252, 254], [1, 2, 3], [1, 2, 3], null, null, null]);
});

test("each marker is a closed shape of its own", () => {
  const names = ["circle", "square", "diamond", "triangle-up", "triangle-down", "hexagon", "pentagon", "star", "hourglass"];
  const paths = names.map((name) => markerPath(name, 10, 10, 5));
  assert.equal(new Set(paths).size, names.length);
  for (const path of paths) assert.match(path, /^M.*Z$/);
});
