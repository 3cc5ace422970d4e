// Labels that lie on nothing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { beside, elided, spread } from "../../optviz/stage/js/labels.js";

const rounded = (values) => values.map((value) => Math.round(value * 1e6) / 1e6);

for (const [name, wanted, expected] of [
  ["far apart stay where they are", [10, 50, 90], [10, 50, 90]],
  ["on one place stand around it", [50, 50, 50], [40, 50, 60]],
  ["close together give way equally", [50, 54], [47, 57]],
  ["keep their order, whatever the order they come in", [54, 50, 10], [57, 47, 10]],
  ["push a third one along", [50, 54, 61], [45, 55, 65]],
  ["stay above the lower edge", [98, 99], [85, 95]],
  ["stay below the upper edge", [2, 3, 4], [5, 15, 25]],
  ["pushed back from an edge meet others", [97, 98, 84], [85, 95, 75]],
  ["fill what there is", [50, 50, 50, 50, 50, 50, 50, 50, 50, 50], [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]],
  ["are nobody", [], []],
]) {
  test(`labels that ${name}`, () => assert.deepEqual(rounded(spread(wanted, 10, 0, 100)), expected));
}

test("more labels than there is room for stand nowhere", () => {
  assert.equal(spread(new Array(11).fill(50), 10, 0, 100), null);
});

// The sum of the squares of all moves is the least: no other places in the same order are better. Tried at random.
test("labels are moved as little as they can be", () => {
  let state = 7;
  const chance = () => { state = (state * 16807) % 2147483647; return state / 2147483647; };
  for (let trial = 0; trial < 200; trial += 1) {
    const wanted = Array.from({ length: 1 + Math.floor(chance() * 8) }, () => 100 * chance());
    const found = spread(wanted, 10, 0, 100);
    const order = wanted.map((_, index) => index).sort((a, b) => wanted[a] - wanted[b]);
    const cost = (places) => places.reduce((sum, place, index) => sum + (place - wanted[index]) ** 2, 0);
    order.forEach((index, place) => {
      assert.ok(found[index] >= 5 - 1e-9 && found[index] <= 95 + 1e-9);
      if (place) assert.ok(found[index] - found[order[place - 1]] >= 10 - 1e-9, JSON.stringify({ wanted, found }));
    });
    // A group that moves on its own, up or down as far as nothing is in its way, is no better off.
    for (const index of order) {
      for (const by of [-0.5, 0.5]) {
        const moved = found.map((place, other) => (other === index ? place + by : place));
        const allowed = order.every((other, place) => moved[other] >= 5 && moved[other] <= 95
          && (!place || moved[other] - moved[order[place - 1]] >= 10));
        if (allowed) assert.ok(cost(moved) >= cost(found) - 1e-9);
      }
    }
  }
});

const BOX = { left: 0, top: 0, width: 100, height: 100 };
const point = (left, top) => ({ left, top, width: 40, height: 12, away: 8 });

for (const [name, points, expected] of [
  ["to the right where there is room", [point(50, 50)], [[58, 44]]],
  ["to the left at the right edge", [point(80, 50)], [[32, 44]]],
  ["below where neither side has room", [{ ...point(50, 50), width: 60 }], [[20, 58]]],
  ["above at the lower edge", [{ ...point(50, 95), width: 60 }], [[20, 75]]],
  ["on no other label", [point(10, 50), point(10, 52)], [[18, 44], null]],
  ["apart from another in its line", [point(10, 50), { ...point(92, 50), width: 24 }], [[18, 44], null]],
  ["as close to another as that", [point(10, 50), { ...point(92, 50), width: 20 }], [[18, 44], [64, 44]]],
  ["on no other point", [point(10, 50), point(30, 50)], [null, [38, 44]]],
]) {
  test(`a label stands ${name}`, () => {
    const found = beside(points, BOX).map((box) => box && [box.left, box.top]);
    assert.deepEqual(found, expected);
  });
}

test("what is too long ends in three dots, and what is not stays whole", () => {
  const width = (text) => 10 * [...text].length;
  assert.equal(elided("Adam", 40, width), "Adam");
  assert.equal(elided("Adagrad", 40, width), "Ada…");
  assert.equal(elided("A dagrad", 30, width), "A…");
  assert.equal(elided("Adagrad", 5, width), "…");
});
