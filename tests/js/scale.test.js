// The scale of a map's colours: where it stands, and what it says.

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { createElement: () => ({ getContext: () => ({ measureText: (text) => ({ width: 6 * text.length }) }) }) };
const { scaleShapes } = await import("../../optviz/stage/js/scale.js");

const BOX = { left: 50, top: 10, width: 560, height: 560 };
const LOOK = { theme: { ink: "black", casing: "white" }, letters: 1, font: "sans-serif" };
const SCALE = {
  title: "loss", ticks: [[0.1, "−0.3"], [0.3, "−0.2"], [0.5, "−0.1"], [0.7, "0"], [0.95, "0.1"]],
  colors: [[0, "#000000"], [0.5, "#888888"], [1, "#ffffff"]],
};
const shapes = (taken = [], scale = SCALE, box = BOX) => scaleShapes(scale, box, taken, LOOK);
const texts = (made) => made.flatMap(({ text }) => (text ? [text] : []));
/** What the texts and the frame cover. */
function extent(made) {
  const [left, top] = /M([\d.]+),([\d.]+)/.exec(made[0].path).slice(1).map(Number);
  const [length] = /h([\d.]+)/.exec(made[0].path).slice(1).map(Number);
  const edges = texts(made).map((text) => [text.left, text.left + 6 * text.content.length, text.middle + 6.6]);
  return {
    left: Math.min(left, ...edges.map(([from]) => from)), right: Math.max(left + length, ...edges.map(([, to]) => to)),
    top, bottom: Math.max(...edges.map(([, , below]) => below)), bar: { left, length },
  };
}

test("it stands in the lower right corner, inside the map", () => {
  const { left, right, top, bottom } = extent(shapes());
  assert.ok(right <= 610 - 8 && right > 580 && bottom <= 570 - 8 && top > 530 && left > 400);
});

test("numbers stand below the shades that they belong to, and do not touch", () => {
  const made = shapes();
  const { bar } = extent(made);
  const [title, ...numbers] = texts(made);
  assert.equal(title.content, "loss");
  assert.ok(title.left + 6 * 4 < bar.left);
  for (const { content, left } of numbers) {
    const [place] = SCALE.ticks.find(([, label]) => label === content);
    assert.ok(Math.abs(left + 3 * content.length - bar.left - place * bar.length) < 1e-9);
  }
  numbers.slice(1).forEach(({ left }, index) => assert.ok(left >= numbers[index].left + 6 * numbers[index].content.length + 6));
  const crowded = { ...SCALE, ticks: SCALE.ticks.map(([place, label]) => [place, `${label}00000`]) };
  assert.deepEqual(texts(shapes([], crowded)).slice(1).map(({ content }) => content), ["−0.300000", "−0.100000", "0.100000"]);
});

test("it has every colour, the lowest from its beginning, the highest to its end", () => {
  const { bar } = extent(shapes());
  const from = shapes().flatMap(({ path, fill }) => (fill.startsWith("#") ? [(Number(/H([\d.]+)/.exec(path)[1]) - bar.left) / bar.length] : []));
  assert.deepEqual(from.map((share) => Number(share.toFixed(9))), [0, 0.25, 0.75]);
});

test("nothing that has its place lies under it: it goes along the lower edge, then to the upper one, or is not there", () => {
  const clear = (taken) => {
    const made = shapes(taken);
    if (!made.length) return null;
    const { left, right, top, bottom } = extent(made);
    for (const other of taken) {
      const apart = other.left >= right || other.left + other.width <= left || other.top >= bottom || other.top + other.height <= top;
      assert.ok(apart, JSON.stringify([left, right, top, bottom, other]));
    }
    return { left, top };
  };
  const corner = { left: 560, top: 520, width: 40, height: 40 };
  const edge = { left: 50, top: 530, width: 560, height: 20 };
  assert.ok(clear([corner]).top > 500 && clear([corner]).left < 400);
  assert.ok(clear([edge]).top < 40);
  assert.equal(clear([{ ...BOX }]), null);
});

test("a small map, and one on which all is level, have none", () => {
  assert.deepEqual(shapes([], SCALE, { left: 0, top: 0, width: 136, height: 136 }), []);
  assert.deepEqual(shapes([], { ...SCALE, ticks: [] }), []);
});
