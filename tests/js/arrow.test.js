// The shape of an arrow, and the mark that draws many.

import assert from "node:assert/strict";
import { test } from "node:test";

import { arrowOf } from "../../optviz/stage/js/arrow.js";
import { markFor } from "../../optviz/stage/js/layers/marks.js";

const BOX = { left: 0, top: 0, width: 400, height: 300 };
// Paths are written to hundredths of a pixel.
const ROUNDING = 0.011;

/** The places that a path of straight lines visits. */
const placesOf = (path) => [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
const distance = ([x, y], [left, top]) => Math.hypot(x - left, y - top);
const near = (one, other) => assert.ok(distance(one, other) <= ROUNDING, `${one} is not ${other}`);

for (const [where, tail, tip] of [
  ["to the right", [100, 100], [180, 100]],
  ["to the left", [180, 100], [100, 100]],
  ["up", [100, 200], [100, 90]],
  ["aslant", [30, 40], [90, 120]],
]) {
  test(`an arrow ${where} points with its corner, and its shaft ends at the middle of the head's foot`, () => {
    const { shaft, head } = arrowOf(tail, tip, 2, BOX);
    const [corner, one, other] = placesOf(head);
    const [begin, end] = placesOf(shaft);
    near(corner, tip);
    near(begin, tail);
    near(end, [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2]);
    // Both sides are as long as each other, the foot stands upright on the shaft, and the head is wider than the shaft.
    assert.ok(Math.abs(distance(corner, one) - distance(corner, other)) <= 2 * ROUNDING);
    const upright = (one[0] - other[0]) * (tip[0] - tail[0]) + (one[1] - other[1]) * (tip[1] - tail[1]);
    assert.ok(Math.abs(upright) <= 2 * ROUNDING * distance(tail, tip));
    assert.ok(distance(one, other) > 3 * 2);
  });
}

test("a head is as long as its shaft is wide asks for, and never longer than the arrow", () => {
  const lengthOf = (length, width) => {
    const [corner, one, other] = placesOf(arrowOf([50, 50], [50 + length, 50], width, BOX).head);
    return corner[0] - (one[0] + other[0]) / 2;
  };
  assert.ok(lengthOf(100, 4) > lengthOf(100, 2));
  for (const length of [1, 3, 6]) assert.ok(Math.abs(lengthOf(length, 2) - length) <= 2 * ROUNDING);
  assert.equal(arrowOf([50, 50], [53, 50], 2, BOX).shaft, "");
});

test("an arrow without a length is a dot where it is", () => {
  const { shaft, head } = arrowOf([50, 60], [50, 60], 2, BOX);
  assert.equal(shaft, "");
  assert.match(head, /^M48\.00,60\.00a2,2 0 1,0 4,0a2,2 0 1,0 -4,0Z$/);
});

test("of an arrow that is missing an end, or passes by, nothing is there", () => {
  for (const [tail, tip] of [
    [[NaN, 0], [10, 10]], [[0, 0], [10, Infinity]], [[-500, 0], [-500, 300]], [[-900, 200], [200, -900]],
  ]) assert.equal(arrowOf(tail, tip, 2, BOX), null, `${tail} to ${tip}`);
});

test("what is far away is cut where it cannot be seen, and the way does not change", () => {
  const { shaft, head } = arrowOf([100, 100], [100 + 3e30, 100 + 4e30], 2, BOX);
  const [begin, end] = placesOf(shaft);
  near(begin, [100, 100]);
  // Below the box, head and all.
  assert.ok(end[1] > 300 && placesOf(head).every(([, y]) => y > 300 && y < 1000), head);
  assert.ok(Math.abs((end[0] - 100) / (end[1] - 100) - 3 / 4) < 1e-3);
  const coming = arrowOf([-1e30, 150], [200, 150], 2, BOX);
  const [from, to] = placesOf(coming.shaft);
  assert.ok(from[0] < 0 && from[0] > -1000 && to[0] < 200, coming.shaft);
  near(placesOf(coming.head)[0], [200, 150]);
});

// --- the mark ---

globalThis.Path2D = class {
  constructor(path) {
    this.path = path;
  }
};

function scene(more = {}) {
  const column = (...numbers) => Float32Array.from(numbers);
  return {
    // The second chart begins at 200 pixels; there y is upside down, as charts are.
    geometry: {
      boxes: [{ left: 0, top: 0, width: 100, height: 100 }, { left: 200, top: 0, width: 100, height: 100 }],
      x: [(value) => value, (value) => 200 + value], y: [(value) => value, (value) => 100 - value],
    },
    arrays: new Map([["a:0", column(10, NaN)], ["a:1", column(20, 0)], ["a:2", column(60, 5)], ["a:3", column(20, 5)]]),
    theme: { adam: "#0b45b8" }, chosen: {}, thickness: 1, ahead: false, ...more,
  };
}

function mark(chart = "curves", more = {}) {
  const layer = { kind: "arrows", chart, x1: "@a:0", y1: "@a:1", x2: "@a:2", y2: "@a:3", color: "@theme/adam", width: 3 };
  const made = markFor(layer);
  made.measure(scene(more));
  return made;
}

function painted(made, from) {
  const calls = [];
  const context = {
    save() {}, restore() {}, beginPath() {}, clip() {},
    rect: (...box) => calls.push(["clip", ...box]),
    stroke(shape) { calls.push(["stroke", this.lineWidth, this.strokeStyle, shape.path]); },
    fill(shape) { calls.push(["fill", this.fillStyle, shape.path]); },
  };
  made.paintKept(context, {}, from);
  return calls;
}

test("arrows are painted in their chart, in the theme's colour, where the screen and a file have them alike", () => {
  const made = mark();
  const { shaft, head } = arrowOf([210, 80], [260, 80], 3, { left: 200, top: 0, width: 100, height: 100 });
  assert.deepEqual(painted(made, null), [
    ["clip", 200, 0, 100, 100], ["stroke", 3, "#0b45b8", shaft], ["fill", "#0b45b8", head],
  ]);
  assert.deepEqual(made.shapes(1), {
    clipped: [
      { path: shaft, fill: "none", stroke: "#0b45b8", width: 3 }, { path: head, fill: "#0b45b8", stroke: "none", width: 0 },
    ],
    free: [],
  });
  assert.deepEqual(made.shapes(0), { clipped: [], free: [] });
});

test("what is painted already is not painted once more", () => {
  assert.deepEqual(painted(mark(), 0), []);
});

test("in a lecture room they are thicker", () => {
  const [, [, width]] = painted(mark("curves", { thickness: 1.6 }), null);
  assert.ok(Math.abs(width - 4.8) < 1e-12);
});

test("a chart that is not there is named", () => {
  assert.throws(() => mark("elsewhere"), /no chart elsewhere/);
});
