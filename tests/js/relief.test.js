// The relief: heights between the points of a grid, and light from the north-west.

import assert from "node:assert/strict";
import { test } from "node:test";

import { colorTable, padded, shaded } from "../../optviz/stage/js/layers/relief.js";

const GREY = colorTable([[0, "#000000"], [1, "#ffffff"]]);
const UNLIT = /** @type {[number, number]} */ ([1, 1]);
const LIT = /** @type {[number, number]} */ ([0.5, 1.5]);

/** A grid of so many points a side, by a function of the places 0 … 1, to the east and to the north. */
function grid(count, height) {
  const places = Array.from({ length: count }, (_, index) => index / (count - 1));
  return padded(places.map((north) => Float64Array.from(places, (east) => height(east, north))));
}

/** The whole grid, north up. */
function whole(count) {
  return { across: [0, count - 1], down: [count - 1, 0] };
}

function pixel(pixels, width, left, top) {
  return [...pixels.slice(4 * (top * width + left), 4 * (top * width + left) + 4)];
}

test("a colour scale is straight between its stops, whatever their number", () => {
  const table = colorTable([[0, "#000000"], [0.25, "#ff0000"], [1, "#ff00ff"]]);
  const at = (share) => [...table.slice(3 * Math.round(share * 1023), 3 * Math.round(share * 1023) + 3)];
  for (const [share, expected] of [[0, [0, 0, 0]], [0.125, [127.5, 0, 0]], [0.25, [255, 0, 0]], [0.625, [255, 0, 127.5]], [1, [255, 0, 255]]]) {
    // The table has 1,024 steps.
    at(share).forEach((channel, index) => assert.ok(Math.abs(channel - expected[index]) < 1.1, `${share}: ${at(share)}`));
  }
});

// A cubic through four points is exact for planes and parabolas, away from the edge of the grid.
for (const [name, height] of [
  ["a plane", (east, north) => 0.2 + 0.5 * east + 0.2 * north],
  ["a parabola", (east, north) => (east - 0.4) ** 2 + 0.5 * (north - 0.6) ** 2],
]) {
  test(`between the points of a grid lies ${name}`, () => {
    const [count, size] = [9, 41];
    const pixels = shaded(grid(count, height), whole(count), { width: size, height: size }, GREY, UNLIT);
    for (let top = 5; top < size - 5; top += 1) {
      for (let left = 5; left < size - 5; left += 1) {
        const expected = 255 * height(left / (size - 1), 1 - top / (size - 1));
        const [red, , , alpha] = pixel(pixels, size, left, top);
        assert.ok(Math.abs(red - expected) <= 1, `${left}, ${top}: ${red} for ${expected}`); // a shade is 0.25, and rounding
        assert.equal(alpha, 255);
      }
    }
  });
}

// The slope goes up in the direction that is named: it faces the other way.
for (const [up, east, north, brighter] of [
  ["south-east", 1, -1, true], ["north-west", -1, 1, false], ["east", 1, 0, true], ["north", 0, 1, false],
]) {
  test(`a slope that rises to the ${up} is ${brighter ? "lit" : "in shade"}`, () => {
    const height = (x, y) => 0.5 + 0.4 * (east * (x - 0.5) + north * (y - 0.5));
    const flat = shaded(grid(5, () => 0.5), whole(5), { width: 9, height: 9 }, GREY, LIT);
    const sloped = shaded(grid(5, height), whole(5), { width: 9, height: 9 }, GREY, LIT);
    const [level] = pixel(flat, 9, 4, 4);
    const [lit] = pixel(sloped, 9, 4, 4);
    assert.ok(brighter ? lit > level + 3 : lit < level - 3, `${lit} beside ${level}`);
  });
}

test("light and shade go no further than they may", () => {
  const cliff = grid(9, (east) => 0.5 + 0.4 * Math.tanh(60 * (east - 0.5)));
  const bounded = shaded(cliff, whole(9), { width: 33, height: 3 }, GREY, [0.9, 1.1]);
  const unlit = shaded(cliff, whole(9), { width: 33, height: 3 }, GREY, UNLIT);
  bounded.forEach((channel, place) => {
    const base = unlit[place];
    assert.ok(channel >= Math.floor(0.9 * base) && channel <= Math.ceil(1.1 * base), `${channel} for ${base}`);
  });
});

test("nothing is drawn where there is no value, and beside it all that has one", () => {
  const height = (east, north) => (east > 0.7 && north > 0.7 ? NaN : 0.5);
  const pixels = shaded(grid(11, height), whole(11), { width: 11, height: 11 }, GREY, UNLIT);
  const alpha = Array.from({ length: 11 }, (_row, top) => Array.from({ length: 11 }, (_pixel, left) => pixel(pixels, 11, left, top)[3]));
  alpha.forEach((row, top) => row.forEach((seen, left) => {
    assert.equal(seen, left > 7 && 10 - top > 7 ? 0 : 255, `${left}, ${top}`);
  }));
});

test("nothing is drawn beyond the grid", () => {
  const pixels = shaded(grid(5, () => 0.5), { across: [-4, 8], down: [4, 0] }, { width: 13, height: 1 }, GREY, UNLIT);
  assert.deepEqual(Array.from({ length: 13 }, (_, left) => pixel(pixels, 13, left, 0)[3] > 0),
    [false, false, false, false, true, true, true, true, true, false, false, false, false]);
});

test("zoomed in, the same place has the same height", () => {
  const bowl = grid(21, (east, north) => (east - 0.5) ** 2 + (north - 0.5) ** 2);
  const all = shaded(bowl, whole(21), { width: 201, height: 201 }, GREY, LIT);
  const part = shaded(bowl, { across: [10, 12], down: [10, 8] }, { width: 21, height: 21 }, GREY, LIT);
  for (const [left, top] of [[0, 0], [10, 10], [20, 20], [3, 17]]) {
    assert.deepEqual(pixel(part, 21, left, top), pixel(all, 201, 100 + left, 100 + top));
  }
});
