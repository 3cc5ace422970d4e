// @ts-nocheck
import assert from "node:assert/strict";
import test from "node:test";

import { crosses, labelsApart } from "../../optviz/stage/js/inside/apart.js";
import { Clock } from "../../optviz/stage/js/inside/clock.js";
import { colorAt } from "../../optviz/stage/js/inside/ground.js";
import { heightsIn, interpolated, levelLine, levelsBetween, movedTerrain, taylor } from "../../optviz/stage/js/inside/levels.js";
import { shareOf } from "../../optviz/stage/js/inside/meters.js";
import { heightOf, lineThrough } from "../../optviz/stage/js/inside/strips.js";
import { isFarOut, scaleBar, windowAround } from "../../optviz/stage/js/inside/window.js";
import { overlap } from "../../optviz/stage/js/labels.js";

const span = ([low, high]) => high - low;

test("a window has all places in it, and a unit is as long on both axes", () => {
  for (const places of [[[0, 0], [1, 0]], [[0, 0], [0.001, 3]], [[-5, 2], [-5, 2.5], [-4, 9]], [[1e6, 1e6], [1e6 + 1, 1e6]]]) {
    const { x, y } = windowAround(places, 1.5, 10);
    assert.ok(Math.abs(span(x) / span(y) - 1.5) < 1e-6);
    for (const [left, up] of places) assert.ok(left > x[0] && left < x[1] && up > y[0] && up < y[1]);
    assert.ok(span(y) < 12 * Math.max(...places.map(([left, up]) => Math.hypot(left - places[0][0], up - places[0][1]))));
  }
});

test("around a step that goes nowhere a window shows the surface there; around nothing there is none", () => {
  const { x, y } = windowAround([[2, 3], [2, 3]], 1, 10);
  assert.ok(span(x) > 0.1 && span(x) < 1);
  assert.ok(Math.abs((x[0] + x[1]) / 2 - 2) < 1e-9 && Math.abs((y[0] + y[1]) / 2 - 3) < 1e-9);
  assert.equal(windowAround([[NaN, NaN]], 1, 10), null);
});

test("windows of steps that differ little are of one size", () => {
  const sizes = [1, 1.01, 1.02, 1.03].map((length) => span(windowAround([[0, 0], [length, 0]], 1, 10).y));
  assert.ok(sizes.every((size) => Math.abs(size / sizes[0] - 1) < 1e-9));
});

test("a comparison that is many times as far away may point out of the window", () => {
  assert.equal(isFarOut([0, 0], [10, 0], [[0, 0], [1, 0]], 3), true);
  assert.equal(isFarOut([0, 0], [2.9, 0], [[0, 0], [1, 0]], 3), false);
  assert.equal(isFarOut([0, 0], [NaN, 0], [[0, 0], [1, 0]], 3), true);
});

test("a scale bar is 1, 2 or 5 times a power of ten, and no longer than its room", () => {
  for (const [width, length] of [[1, 0.2], [2, 0.5], [4, 1], [3.4e-5, 1e-5], [700, 200]]) {
    assert.ok(Math.abs(scaleBar(width) / length - 1) < 1e-9, `${width}`);
  }
});

// Cubics of Catmull and Rom are exact for a surface of second degree, where they have all their neighbours.
const nodes = Float64Array.from({ length: 13 }, (_, index) => index / 2 - 3);
const surface = (x, y) => 1 + 2 * x - y + x * x - x * y + 0.5 * y * y;
const terrain = { x: nodes, y: nodes, rows: [...nodes].map((y) => Float64Array.from(nodes, (x) => surface(x, y))) };

test("heights between the nodes are those of a surface of second degree, and pass through the nodes", () => {
  for (const [x, y] of [[0.1, 0.2], [-1.3, 2.1], [1.99, -0.01]]) {
    assert.ok(Math.abs(interpolated(terrain, x, y) - surface(x, y)) < 1e-12);
  }
  for (const [x, y] of [[-3, -3], [3, 3], [-3, 3], [0.5, -2.5]]) assert.ok(Math.abs(interpolated(terrain, x, y) - surface(x, y)) < 1e-12);
});

test("beyond the edge the surface goes on without a jump", () => {
  const inner = interpolated(terrain, 3 - 1e-9, 1);
  assert.ok(Math.abs(interpolated(terrain, 3 + 1e-9, 1) - inner) < 1e-6);
  assert.ok(Number.isFinite(interpolated(terrain, 3.4, 3.4)));
});

test("a window of a few cells is drawn by the derivatives at the step", () => {
  const at = [0.5, 0.25];
  const local = [surface(...at), 2 + 2 * at[0] - at[1], -1 - at[0] + at[1], 2, -1, 1];
  const near = { x: [0.4, 0.6], y: [0.15, 0.35] };
  const flat = { ...terrain, rows: terrain.rows.map((row) => row.map(() => 0)) };
  const { heights } = heightsIn(near, 3, 3, flat, at, local);
  assert.ok(Math.abs(heights[0] - surface(0.4, 0.15)) < 1e-12);
  assert.ok(Math.abs(heights[8] - surface(0.6, 0.35)) < 1e-12);
  assert.ok(Math.abs(taylor(local, 0.3, -0.2) - surface(0.8, 0.05)) < 1e-12);
  const far = heightsIn({ x: [-3, 3], y: [-3, 3] }, 3, 3, flat, at, local);
  assert.equal(far.heights[0], 0, "a large window is the map's");
});

test("a surface that has moved is where it has moved to", () => {
  const places = Float64Array.from({ length: 21 }, (_, at) => at / 2 - 5);
  const bowl = { x: places, y: places, rows: Array.from(places, (y) => places.map((x) => x * x + 2 * y * y)) };
  const heights = (ground, right, up) => {
    const window = { x: [right - 3, right + 3], y: [up - 3, up + 3] };
    return heightsIn(window, 7, 7, ground, [0, 0], [NaN]).heights;
  };
  assert.equal(movedTerrain(bowl, []), bowl);
  assert.equal(movedTerrain(bowl, [0, 0]), bowl);
  const moved = movedTerrain(bowl, [1.5, -0.5]);
  heights(moved, 1.5, -0.5).forEach((height, at) => assert.ok(Math.abs(height - heights(bowl, 0, 0)[at]) < 1e-12));
  assert.notDeepEqual(heights(moved, 0, 0), heights(bowl, 0, 0));
});

test("a level line lies where the surface has that height", () => {
  const round = { columns: 61, rows: 61, heights: Float64Array.from({ length: 3721 }, (_, at) => (
    Math.hypot((at % 61) - 30, Math.floor(at / 61) - 30))) };
  const numbers = levelLine(round, 20, 60, 60).match(/[\d.]+,[\d.]+/g).map((place) => place.split(",").map(Number));
  assert.ok(numbers.length > 100);
  for (const [left, top] of numbers) assert.ok(Math.abs(Math.hypot(left - 30, top - 30) - 20) < 0.15);
  assert.equal(levelLine(round, 200, 60, 60), "");
});

test("levels are round, between the ends, and not too many", () => {
  assert.deepEqual(levelsBetween(0.1, 1.1, 5).map((level) => Number(level.toFixed(9))), [0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(levelsBetween(1, 1, 5), []);
  for (const [low, high] of [[-3, 17], [1e-9, 4e-9], [-5e6, 5e6]]) {
    const levels = levelsBetween(low, high, 12);
    assert.ok(levels.length >= 4 && levels.length <= 13);
    assert.ok(levels.every((level) => level >= low - 1e-12 * Math.abs(low) && level <= high));
  }
});

test("colours go from the lowest of the ramp to the highest", () => {
  const ramp = [[0, "#000000"], [0.5, "#ff0000"], [1, "#ffffff"]];
  assert.deepEqual(colorAt(ramp, 0), [0, 0, 0]);
  assert.deepEqual(colorAt(ramp, 0.25), [127.5, 0, 0]);
  assert.deepEqual(colorAt(ramp, 1), [255, 255, 255]);
});

test("no label lies on another, and all are in sight", () => {
  const box = { left: 0, top: 0, width: 400, height: 300 };
  const size = { width: 80, height: 20 };
  const wanted = [
    { tail: [100, 150], tip: [200, 150], ...size }, { tail: [200, 150], tip: [300, 150], ...size },
    { tail: [100, 150], tip: [300, 150], ...size }, { tail: [300, 150], tip: [300, 150], ...size }, null,
  ];
  const boxes = labelsApart(wanted, box);
  assert.equal(boxes[4], null);
  const placed = boxes.slice(0, 4);
  for (const [index, one] of placed.entries()) {
    assert.ok(one && one.left >= 0 && one.top >= 0 && one.left + one.width <= 400 && one.top + one.height <= 300);
    for (const other of placed.slice(index + 1)) assert.equal(overlap(one, other), false);
  }
  assert.equal(labelsApart([{ tail: [-90, -90], tip: [-50, -50], ...size }], box)[0], null, "nothing of it is in sight");
});

test("labels of arrows that lie on one another, as in a ravine, do not crowd", () => {
  const wanted = [[27, 100], [70, 80], [38, 40], [98, 90]]
    .map(([length, width]) => ({ tail: [200, 220], tip: [200, 220 - length], width, height: 20 }));
  const placed = labelsApart(wanted, { left: 0, top: 0, width: 400, height: 300 });
  for (const [index, one] of placed.entries()) {
    const grown = { left: one.left - 5, top: one.top - 5, width: one.width + 10, height: one.height + 10 };
    for (const other of placed.slice(index + 1)) assert.equal(overlap(grown, other), false);
  }
});

test("a line crosses a box or passes by", () => {
  const box = { left: 10, top: 10, width: 10, height: 10 };
  assert.equal(crosses([0, 0], [30, 30], box), true);
  assert.equal(crosses([12, 12], [13, 13], box), true);
  assert.equal(crosses([0, 0], [30, 0], box), false);
  assert.equal(crosses([0, 0], [9, 9], box), false);
});

test("a bar is as full as the number is of the largest, by the logarithm where that is asked for", () => {
  assert.equal(shareOf(5, { range: [0, 10], logarithmic: false }), 0.5);
  assert.equal(shareOf(-5, { range: [-10, 2], logarithmic: false }), 0.5);
  assert.ok(Math.abs(shareOf(10, { range: [1, 100], logarithmic: true }) - 0.52) < 1e-9);
  assert.equal(shareOf(NaN, { range: [1, 100], logarithmic: true }), 0);
  assert.equal(shareOf(1, { range: null, logarithmic: false }), 0);
});

test("a strip has a gap where a number is missing, and of very many the extremes", () => {
  assert.equal(heightOf(10, { range: [1, 100], logarithmic: true }), 0.5);
  assert.ok(Number.isNaN(heightOf(0, { range: [1, 100], logarithmic: true })));
  assert.equal(lineThrough([0, 1, NaN, 0.5]).match(/M/g).length, 2);
  const spike = Array.from({ length: 5001 }, (_, step) => (step === 2345 ? 1 : 0));
  assert.match(lineThrough(spike), /,4\.0/);
  assert.ok(lineThrough(spike).match(/[ML]/g).length <= 1002);
});

test("a step that is not there yet is shown when it has come, unless another one has been chosen", () => {
  const clock = new Clock(() => {});
  clock.take(4000, 60);
  assert.deepEqual([clock.step, clock.asked], [60, 4000]);
  clock.take(clock.asked, 4000);
  assert.deepEqual([clock.step, clock.asked], [4000, 4000]);
  clock.take(4000, 60);
  clock.command("back");
  clock.take(clock.asked, 4000);
  assert.deepEqual([clock.step, clock.asked], [59, 59]);
});

test("the clock stays within the run, and playing ends at its end", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let changes = 0;
  const clock = new Clock(() => { changes += 1; });
  clock.steps = 3;
  clock.seek(99);
  assert.equal(clock.step, 3);
  clock.command("forward");
  assert.equal(clock.step, 3);
  clock.command("play");
  assert.deepEqual([clock.step, clock.isPlaying], [0, true], "from the end it plays from the start");
  context.mock.timers.tick(334);
  assert.equal(clock.step, 1);
  context.mock.timers.tick(334);
  context.mock.timers.tick(334);
  assert.deepEqual([clock.step, clock.isPlaying], [3, false]);
  clock.command("first");
  clock.command("back");
  assert.equal(clock.step, 0);
  assert.ok(changes >= 6);
});
