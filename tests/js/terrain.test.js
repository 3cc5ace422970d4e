// The surface of a 3-D chart: its height, the trail of a path on it, and what it hides.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Terrain, placeAt } from "../../optviz/stage/js/terrain.js";

/** On [−1, 1] × [0, 4], 21 × 41 points. */
function terrain(height, columns = 21, lines = 41) {
  const x = Float32Array.from({ length: columns }, (_, i) => -1 + (2 * i) / (columns - 1));
  const y = Float32Array.from({ length: lines }, (_, j) => (4 * j) / (lines - 1));
  return new Terrain(x, y, Array.from(y, (b) => Float32Array.from(x, (a) => height(a, b))));
}

const flat = terrain(() => 0.5);
// A wall across the middle, y from 1.9 to 2.1.
const walled = terrain((_, y) => (Math.abs(y - 2) < 0.15 ? 1 : 0));
const near = (found, expected, within = 1e-6) => assert.ok(Math.abs(found - expected) <= within, `${found} ≠ ${expected}`);

test("a plane is as high between the points of the grid as on them; beyond its edge there is nothing", () => {
  const plane = terrain((x, y) => 0.3 + 0.1 * x + 0.05 * y);
  for (const [x, y] of [[-1, 0], [1, 4], [0.123, 2.345], [-0.999, 3.999], [1, 0.01]]) {
    near(plane.heightAt(x, y), 0.3 + 0.1 * x + 0.05 * y);
  }
  for (const [x, y] of [[-1.01, 1], [0, 4.01], [NaN, 1], [1e300, 1]]) assert.ok(Number.isNaN(plane.heightAt(x, y)));
});

test("what is on the edge in double precision is on it, though the grid is in single", () => {
  const x = Float32Array.from({ length: 4 }, (_, i) => -1.1 + (2.2 * i) / 3);
  assert.notEqual(x[0], -1.1);
  const level = new Terrain(x, x, Array.from(x, () => Float32Array.of(0.5, 0.5, 0.5, 0.5)));
  for (const [left, top] of [[-1.1, 0], [1.1, 0], [0, -1.1], [0, 1.1], [1.1, 1.1]]) near(level.heightAt(left, top), 0.5);
  assert.ok(Number.isNaN(level.heightAt(1.102, 0)), "three thousandths of a cell beyond it");
});

test("a trail follows the ground: a long step over a wall goes up and down again", () => {
  const { time, x, y, z } = walled.trail(Float64Array.of(0, 0.5), Float64Array.of(1, 3));
  assert.equal(time[0], 0);
  assert.equal(time.at(-1), 1);
  assert.deepEqual([x[0], y[0], x.at(-1), y.at(-1)], [0, 1, 0.5, 3]);
  assert.equal(Math.max(...z), 1);
  assert.ok(z[0] < 1e-6 && z.at(-1) < 1e-6);
  time.forEach((share, point) => near(x[point], 0.5 * share, 1e-9));
});

test("a step within a cell has one piece, and no step has more than 32", () => {
  assert.equal(flat.trail(Float64Array.of(0, 0.05), Float64Array.of(1, 1)).time.length, 2);
  assert.equal(terrain(() => 0, 501, 501).trail(Float64Array.of(-1, 1), Float64Array.of(0, 4)).time.length, 33);
});

test("beyond the edge a trail has a gap, which ends where the path comes back", () => {
  const trail = flat.trail(Float64Array.of(0, 2, 0), Float64Array.of(1, 1, 1));
  const inside = [...trail.time].filter((_, point) => Number.isFinite(trail.z[point]));
  near(Math.max(...inside.filter((time) => time < 1)), 0.5);
  near(Math.min(...inside.filter((time) => time > 1)), 1.5);
  for (const time of [0.6, 1, 1.4]) {
    const place = placeAt(trail, time);
    assert.ok(Number.isNaN(trail.x[Math.ceil(place)]) || Number.isNaN(trail.x[Math.floor(place)]), `${time}`);
  }
  assert.ok(trail.z.every((height) => Number.isNaN(height) || height === 0.5));
});

test("what is not finite has no trail; it begins again where it is finite again", () => {
  const { time, z } = flat.trail(Float64Array.of(NaN, 0, 0, Infinity), Float64Array.of(1, 1, 2, 2));
  const seen = [...time].filter((_, point) => Number.isFinite(z[point]));
  assert.equal(seen[0], 1);
  assert.equal(seen.at(-1), 2);
  assert.equal(Math.max(...time), 3);
});

test("a place in a trail is where the path is at that time", () => {
  const trail = flat.trail(Float64Array.of(-1, 0, 1), Float64Array.of(0, 1, 1));
  const at = (time) => {
    const place = placeAt(trail, time);
    const before = Math.floor(place);
    return trail.x[before] + (place - before) * ((trail.x[before + 1] ?? 0) - trail.x[before]);
  };
  for (const time of [0, 0.3, 1, 1.75, 2]) near(at(time), time - 1, 1e-9);
  assert.equal(placeAt(trail, 99), trail.time.length - 1);
});

// Each eye is [x, y, z, 1], or a direction and 0.
for (const [where, point, eye, hidden] of [
  ["behind the wall, from low down", [0, 1, 0], [0, 9, 1, 1], true],
  ["before the wall", [0, 3, 0], [0, 9, 1, 1], false],
  ["on the wall", [0, 2, 1], [0, 9, 1.5, 1], false],
  ["behind the wall, from high above", [0, 1, 0], [0, 9, 20, 1], false],
  ["behind the wall, but the eye is this side of it", [0, 1, 0], [0, 1.6, 0.5, 1], false],
  ["just above the line over the wall", [0, 1, 0], [0, 5, 4.6, 1], false],
  ["just below it", [0, 1, 0], [0, 5, 3.2, 1], true],
  ["straight below the eye", [0, 1, 0], [0, 1, 5, 1], false],
  ["straight above the eye", [0, 1, 0], [0, 1, -5, 1], true],
  ["on the upper side, the eye is below", [0, 3, 0], [0, 9, -2, 1], true],
  ["behind the wall, an eye infinitely far away", [0, 1, 0], [0, 1, 0.3, 0], true],
  ["before it, infinitely far away", [0, 3, 0], [0, 1, 0.3, 0], false],
  ["behind the wall, infinitely high", [0, 1, 0], [0, 0.001, 1, 0], false],
]) {
  test(`${where}: ${hidden ? "hidden" : "in sight"}`, () => assert.equal(walled.hides(...point, eye), hidden));
}

test("a plane hides nothing of itself, nor a bowl the slope on the far side", () => {
  const bowl = terrain((x, y) => (x * x + (y - 2) ** 2) / 5);
  for (let y = 0.1; y < 4; y += 0.17) {
    assert.ok(!flat.hides(0.3, y, 0.5, [0, 30, 1.2, 1]));
    assert.ok(!bowl.hides(0, y, bowl.heightAt(0, y), [0, 30, 30, 1]), `${y}`);
  }
  assert.ok(bowl.hides(0, 3, bowl.heightAt(0, 3), [0, 30, 0.5, 1]), "the near slope, from low down");
  assert.ok(!bowl.hides(0, 0.5, bowl.heightAt(0, 0.5), [0, 30, 4, 1]), "the far one");
});

test("a hole in the surface hides nothing", () => {
  const holed = terrain((_, y) => (Math.abs(y - 2) < 0.15 ? NaN : 0));
  assert.ok(!holed.hides(0, 1, 0, [0, 9, 1, 1]));
});
