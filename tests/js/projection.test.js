// From the coordinates of a 3-D chart to pixels. That Plotly's own markers fall there is tried in the browser:
// tests/browser/test_scene.py.

import assert from "node:assert/strict";
import { test } from "node:test";

import { sightOf } from "../../optviz/stage/js/projection.js";

const BOX = { left: 100, top: 50, width: 400, height: 200 };
const ONE = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
// An eye at (0, 0, 5) that looks along −z, with y up.
const VIEW = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, -5, 1];
// 90° high in a box twice as wide as high, by gluPerspective: what is as far up as away is on the upper edge.
const PERSPECTIVE = [0.5, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1.002, -1, 0, 0, -0.2002, 0];
const PARALLEL = [0.5, 0, 0, 0, 0, 1, 0, 0, 0, 0, -0.01, 0, 0, 0, 0, 1];
const close = (found, expected) => found.forEach((value, place) => assert.ok(Math.abs(value - expected[place]) < 1e-9, `${found} ≠ ${expected}`));

test("straight ahead is the middle, as far up as away the upper edge, twice that the right one", () => {
  const { project } = sightOf({ model: ONE, view: VIEW, projection: PERSPECTIVE }, [1, 1, 1], BOX);
  close(project(0, 0, 0), [300, 150]);
  close(project(0, 5, 0), [300, 50]);
  close(project(10, 0, 0), [500, 150]);
  close(project(0, 4, 1), [300, 50]);
});

test("what is behind the eye is nowhere", () => {
  const { project } = sightOf({ model: ONE, view: VIEW, projection: PERSPECTIVE }, [1, 1, 1], BOX);
  assert.ok(project(0, 0, 6).every(Number.isNaN));
  assert.ok(project(NaN, 0, 0).every(Number.isNaN));
});

test("the eye is told in the coordinates of the chart, whatever their scales", () => {
  // Moved by (1, 2, 3) and stretched by (2, 4, 8), of coordinates that are drawn ten times as small along y.
  const model = [2, 0, 0, 0, 0, 4, 0, 0, 0, 0, 8, 0, 1, 2, 3, 1];
  const { eye, project } = sightOf({ model, view: VIEW, projection: PERSPECTIVE }, [1, 0.1, 1], BOX);
  close(eye, [-0.5, -5, 0.25, 1]);
  close(project(-0.5, -5, -3), [300, 150]);
});

test("of a parallel projection there is a direction", () => {
  const { eye, project } = sightOf({ model: ONE, view: VIEW, projection: PARALLEL }, [1, 1, 1], BOX);
  close(eye, [0, 0, 1, 0]);
  close(project(1, 0.5, -3), [400, 100]);
  close(project(1, 0.5, 3), [400, 100]);
});

test("a turned eye: a quarter to the left, what was ahead is to the right", () => {
  // The eye at (5, 0, 0) looks along −x, z is up: right is +y.
  const view = [0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -5, 1];
  const { eye, project } = sightOf({ model: ONE, view, projection: PERSPECTIVE }, [1, 1, 1], BOX);
  close(eye, [5, 0, 0, 1]);
  close(project(0, 5, 0), [400, 150]);
  close(project(0, 0, 5), [300, 50]);
});
