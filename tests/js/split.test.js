// Map and curves share a picture.

import assert from "node:assert/strict";
import { test } from "node:test";

import { aspectOf, belowOneAnother, besideOneAnother, besideScene, heightOf } from "../../optviz/stage/js/split.js";

const MARGIN = { l: 54, r: 18, t: 8, b: 44 };
const SQUARE = { margin: MARGIN, xaxis: { range: [-1.5, 1.5] }, yaxis: { range: [0, 3], scaleanchor: "x" } };

/** Of both charts, in pixels. */
function sizes(domains, { width, height }, margin = MARGIN) {
  const right = domains.margin?.r ?? margin.r;
  const [wide, high] = [width - margin.l - right, height - margin.t - margin.b];
  const span = (axis, size) => (domains[axis].domain[1] - domains[axis].domain[0]) * size;
  return {
    map: [span("xaxis", wide), span("yaxis", high)], curves: [span("xaxis2", wide), span("yaxis2", high)],
    between: (domains.xaxis2.domain[0] - domains.xaxis.domain[1]) * wide, under: (domains.yaxis.domain[0] - domains.yaxis2.domain[1]) * high,
  };
}

for (const width of [640, 683, 930, 1099, 1800]) {
  test(`between a 3-D chart and its curves is room for their numbers and title, ${width} pixels`, () => {
    const wide = width - MARGIN.l - MARGIN.r;
    for (const visible of [true, false]) {
      const layout = { ...SQUARE, xaxis: { ...SQUARE.xaxis, visible }, yaxis2: { tickfont: { size: 12 } } };
      const { scene, xaxis = { domain: [0, 0] }, xaxis2 } = besideScene(layout, { width, names: 0 });
      const [left, right] = scene.domain.x;
      assert.ok(Math.abs((xaxis2.domain[0] - right) * wide - 76) < 1e-6);
      assert.equal(xaxis2.domain[1], 1);
      assert.ok(right - left > 0.3 - 76 / 3 / wide && right <= xaxis2.domain[0], "the surface is no smaller than the curves");
      assert.equal(left > xaxis.domain[1], visible);
    }
    const large = besideScene({ ...SQUARE, yaxis2: { tickfont: { size: 17 } } }, { width, names: 0 });
    assert.ok((large.xaxis2.domain[0] - large.scene.domain.x[1]) * wide > 100, "larger numbers have more room");
  });
}

test("names beside a 3-D chart have room where its curves stay 190 pixels long", () => {
  const layout = { ...SQUARE, xaxis: { ...SQUARE.xaxis, visible: true } };
  const right = (width) => besideScene(layout, { width, names: 120 }).margin.r;
  // 54 + 120 + 76 + 14 beside parts of which 190 is 0.3.
  assert.deepEqual([right(683), right(897), right(898), right(1440)], [18, 18, 120, 120]);
});

test("a map with equal scales is as wide as it is high, by its domain; another fills a square", () => {
  assert.equal(aspectOf(SQUARE), 1);
  assert.equal(aspectOf({ xaxis: { range: [0, 6] }, yaxis: { range: [0, 3], scaleanchor: "x" } }), 2);
  assert.equal(aspectOf({ xaxis: { range: [0, 600] }, yaxis: { range: [0, 3] } }), 1);
});

for (const [width, height, names] of [[1099, 620, 120], [1560, 850, 120], [940, 430, 120], [980, 620, 0]]) {
  test(`beside its curves a map takes the whole height of ${width} × ${height}`, () => {
    const { map, curves, between } = sizes(besideOneAnother(SQUARE, { width, height, names }), { width, height });
    assert.ok(Math.abs(map[0] - map[1]) < 1e-6 && Math.abs(map[1] - (height - 52)) < 1e-6, String(map));
    assert.ok(curves[0] >= 190, String(curves));
    assert.ok(Math.abs(between - 76) < 1e-6);
  });
}

test("curves have a quarter of the room in any case", () => {
  const room = { width: 900, height: 900, names: 0 };
  const { map, curves } = sizes(besideOneAnother(SQUARE, room), room);
  assert.ok(Math.abs(curves[0] - 0.26 * (900 - 72)) < 1e-6);
  assert.ok(map[0] < map[1]);
});

test("names have room where the map is no smaller for them, or large all the same", () => {
  const right = (width, height) => besideOneAnother(SQUARE, { width, height, names: 120 }).margin.r;
  assert.deepEqual([right(1200, 600), right(980, 600), right(1099, 680), right(700, 300)], [120, 18, 120, 120]);
});

test("above its curves a map is as wide as the picture, where they keep room enough", () => {
  const high = { width: 372, height: 530 };
  const whole = sizes(belowOneAnother(SQUARE, high), high);
  assert.ok(Math.abs(whole.map[0] - whole.map[1]) < 1e-6 && whole.map[0] === 300);
  assert.ok(whole.curves[1] > 110 && Math.abs(whole.under - 52) < 1e-6);
  const low = { width: 700, height: 600 };
  const squeezed = sizes(belowOneAnother(SQUARE, low), low);
  assert.ok(Math.abs(squeezed.curves[1] - 120) < 1e-6, String(squeezed.curves));
});

test("a picture is as high as what is in sight, within reason", () => {
  const height = (more) => heightOf({ width: 1100, inSight: 600, isNarrow: false, isPhone: false, ...more });
  assert.equal(height({}), 600);
  assert.equal(height({ inSight: 100 }), 300);
  assert.equal(height({ width: 600 }), 480);
  assert.equal(height({ isNarrow: true, width: 700, inSight: 760 }), 760);
  // On a phone the map is as wide as the screen whatever is in sight.
  assert.ok(height({ isNarrow: true, isPhone: true, width: 370, inSight: 200 }) >= 370 + 52);
  assert.equal(height({ isLow: true, width: 800, inSight: 224 }), 224, "on its side no more than is in sight");
});
