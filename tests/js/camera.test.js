// Where the eye of a 3-D view is: as a hand turns it, as a link tells it, as Plotly takes it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cameraOf, fitted, plotlyCamera, raised, sameCamera, turned, withinReach } from "../../optviz/stage/js/camera.js";

for (const camera of [[45, 35, 2.2], [-180, 0, 0.3], [0, 89, 10], [-52.5, -12.3, 1.25, 0.1, -0.25, 2]]) {
  test(`${camera} is the same after Plotly has had it`, () => {
    // −180° and 180° are one direction.
    const [azimuth, ...rest] = cameraOf(plotlyCamera(camera));
    assert.deepEqual([azimuth === 180 ? -180 : azimuth, ...rest], camera);
    assert.deepEqual(cameraOf(plotlyCamera(camera, 1.7), 1.7).slice(1), camera.slice(1));
    assert.deepEqual(cameraOf(plotlyCamera(camera, 1.7, 1.4), 1.7, 1.4).slice(1), camera.slice(1));
  });
}

test("Plotly's own default is 45° round and as high as the diagonal of a cube", () => {
  const camera = { eye: { x: 1.25, y: 1.25, z: 1.25 }, center: { x: 0, y: 0, z: 0 } };
  assert.deepEqual(cameraOf(camera), [45, 35.3, 2.17]); // atan(1/√2), 1.25 √3
});

test("turning goes round, and stops short of the zenith, of the middle and of the horizon", () => {
  assert.deepEqual(turned([178, 40, 2], { around: 5 }), [-177, 40, 2]);
  assert.deepEqual(turned([-178, 88, 2], { around: -5, up: 5 }), [177, 89, 2]);
  assert.deepEqual(turned([0, -88, 0.31], { up: -5, away: 0.5 }), [0, -89, 0.3]);
  assert.deepEqual(turned([10, 20, 9.9, 0.1, 0, 0], { away: 2 }), [10, 20, 10, 0.1, 0, 0]);
  assert.ok(Object.is(turned([5, 5, 1], { around: -5 })[0], 0), "no −0");
});

test("what a hand can reach and a link cannot tell comes back to the nearest that it can", () => {
  const reached = { eye: { x: 0, y: 0, z: 30 }, center: { x: 0, y: 0, z: 0 } };
  assert.deepEqual(withinReach(cameraOf(reached)), [0, 89, 10]);
  for (const [camera, told] of [
    [[10, -90, 0.05], [10, -89, 0.3]], [[-180, 89, 10, 2.4, -3, 0], [-180, 89, 10, 2, -2, 0]], [[45, 35, 2.2], [45, 35, 2.2]],
  ]) assert.deepEqual(withinReach(camera), told);
});

test("two cameras are the same number by number; home is no camera", () => {
  assert.ok(sameCamera([1, 2, 3], [1, 2, 3]));
  assert.ok(sameCamera(null, null));
  assert.ok(!sameCamera([1, 2, 3], null));
  assert.ok(!sameCamera(null, [1, 2, 3]));
  assert.ok(!sameCamera([1, 2, 3], [1, 2, 3, 0, 0, 1]));
  assert.ok(!sameCamera([1, 2, 3], [1, 2, 4]));
});

test("a box that is higher than wide is seen from farther away, a wide one is not seen from nearer", () => {
  assert.equal(fitted({ width: 1000, height: 300 }), 1);
  assert.equal(fitted({ width: 300, height: 600 }), 2 * fitted({ width: 600, height: 600 }));
});

for (const [box, times] of [[[600, 400], 1], [[400, 600], 1.5], [[200, 600], 2]]) {
  test(`in a box of ${box} the heights are ${times} times as high, and hide what others hide`, () => {
    const [width, height] = box;
    assert.equal(raised({ width, height }), times);
    const { eye } = plotlyCamera([0, 42, 1.6], 1, times);
    assert.ok(Math.abs(eye.z / eye.x - times * Math.tan((42 * Math.PI) / 180)) < 1e-9, "the line of sight is as much steeper");
  });
}
