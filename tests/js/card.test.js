// The numbers on an optimizer's card, and whose card a click opens.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CardPanel, headNear, numbersAt } from "../../optviz/stage/js/card.js";
import { takenByCard } from "../../optviz/stage/js/inputs.js";
import { Picture } from "../../optviz/stage/js/picture.js";
import { initialState, reduce } from "../../optviz/stage/js/state.js";

const racer = (index, more = {}) => ({
  name: `racer ${index}`, x: `@${index}/x`, y: `@${index}/y`, loss: `@${index}/loss`, lost_at: -1, own: [], ...more,
});
const course = (index, x, y, loss) => [[`${index}/x`, x], [`${index}/y`, y], [`${index}/loss`, loss]];
const columns = [[0, 2, NaN], [0.5, -0.25, NaN], [0.5, 2.0156, NaN], [NaN, 1.5e-4, NaN]];

function message(racers, arrays) {
  return { arrays: new Map(arrays.map(([name, numbers]) => [name, Float64Array.from(numbers)])), header: { choices: {}, views: {}, layers: [{ kind: "tracks", steps: 2, racers }] } };
}

function shown(racers, arrays, step = 1) {
  const state = reduce(initialState(), { type: "received", message: message(racers, arrays) });
  return reduce(state, { type: "seek", step });
}

const ARRAYS = [
  ...course(0, [0, 1, 5], [0, 1, 5], [3, 2.5, 1]),
  ...course(1, [0, 1.02, 9], [0, 1, 9], [3, 123456, 1]),
  ...columns.map((column, index) => [`cards/0:${index}`, column]),
];

test("numbers are those of the step, as they are read, and a dash where there is none", () => {
  const told = racer(0, { card: { sentence: "", rule: [], settings: [], numbers: "@cards/0" } });
  const at = (step) => numbersAt(shown([told, racer(1)], ARRAYS, step), told, step);
  assert.deepEqual(at(1), { loss: "2.5", point: "(1, 1)", gradient: "(2, −0.25)", steepness: "2.016", length: "1.50e−4" });
  assert.equal(at(0).length, "–");
  assert.deepEqual(at(2), { loss: "1", point: "(5, 5)", gradient: "(–, –)", steepness: "–", length: "–" });
  // Until the server has answered: what the picture knows.
  assert.deepEqual(numbersAt(shown([racer(0), racer(1)], ARRAYS), racer(1), 1),
    { loss: "1.23e+5", point: "(1.02, 1)", gradient: "(–, –)", steepness: "–", length: "–" });
});

const pixels = ([x, y]) => ({ left: 100 * x, top: 100 * y });
for (const [what, place, more, found] of [
  ["the nearest head", { left: 101.5, top: 100 }, {}, 1],
  ["the nearest head", { left: 100.5, top: 100 }, {}, 0],
  ["nobody beside all heads", { left: 115, top: 100 }, {}, null],
  ["nobody at the start, which is a handle", { left: 0, top: 0 }, { step: 0 }, null],
  ["nobody who is hidden", { left: 101.5, top: 100 }, { hidden: [1] }, 0],
  ["nobody who has diverged", { left: 100, top: 100 }, { lost: 0 }, 1],
]) {
  test(`a click opens the card of ${what}`, () => {
    const { step = 1, hidden = [], lost = -1 } = more;
    const state = { ...shown([racer(0, { lost_at: lost }), racer(1)], ARRAYS, step), hidden };
    assert.equal(headNear(state, pixels, place, 9), found);
  });
}

/** Two charts side by side, 200 px of map and then curves; the map shows from 0 to `right`. */
function twoCharts(right) {
  const axis = (offset, end) => ({ _offset: offset, _length: 200, d2p: (value) => (200 * value) / end });
  const layout = { xaxis: axis(0, right), yaxis: axis(0, 2), xaxis2: axis(200, 2), yaxis2: axis(0, 2) };
  return Object.assign(Object.create(Picture.prototype), {
    plot: { getBoundingClientRect: () => ({ left: 0, top: 0 }), _fullLayout: layout },
    geometry: () => ({ boxes: [0, 200].map((left) => ({ left, top: 0, width: 200, height: 200 })) }),
  });
}

for (const [what, right, [clientX, clientY], isOpen, taken, opened] of [
  ["a head on the map", 2, [100, 100], false, true, [0]],
  ["a head on the map while another card is open", 2, [100, 100], true, true, [0]],
  ["the map beside all heads", 2, [30, 30], false, false, []],
  ["the map beside all heads while a card is open", 2, [30, 30], true, true, [null]],
  ["the curves, where a head would be if the map went on", 0.8, [250, 100], false, false, []],
  ["the curves while a card is open", 2, [300, 30], true, false, []],
  ["the edge of the map, just beyond which a head would be", 0.99, [198, 100], false, false, []],
]) {
  test(`a click on ${what} ${taken ? "is the card's" : "is not the card's"}`, () => {
    const done = [];
    const state = shown([racer(0), racer(1, { lost_at: 0 })], ARRAYS);
    const stage = { state, picture: twoCharts(right), card: { isOpen, open: (index) => done.push(index) } };
    assert.deepEqual([takenByCard(stage, { clientX, clientY, pointerType: "mouse" }), done], [taken, opened]);
  });
}

test("a point beyond the edges of its chart is nowhere on the picture, one held at an edge is there", () => {
  const picture = twoCharts(1);
  const places = [[0.5, 1], [1, 2], [1.004, 0], [1.02, 1], [0.5, -0.1], [NaN, 1]].map((point) => picture.pixelOf("map", point)?.left ?? null);
  assert.deepEqual(places.map((left) => left && Math.round(left)), [100, 200, 201, null, null, null]);
});

test("an open card stays with its racer when others come and go, and closes when that one goes", () => {
  let state = reduce(shown([racer(0), racer(1)], ARRAYS), { type: "open_card", index: 1 });
  const receive = (racers) => { state = reduce(state, { type: "received", message: message(racers, ARRAYS) }); };
  receive([racer(2), racer(0), racer(1)]);
  assert.equal(state.card, 2);
  receive([racer(1)]);
  assert.equal(state.card, 0);
  // Called otherwise, as one learning rate of two: it is in its place.
  receive([racer(3)]);
  assert.equal(state.card, 0);
  receive([racer(4), racer(5)]);
  assert.equal(state.card, null);
});

for (const [what, before, isBack] of [
  ["a chip of the legend", { isConnected: true }, true],
  ["a button that has gone since", { isConnected: false }, false],
  ["nothing, so that the page had it", null, false],
]) {
  test(`a card that is put away gives the focus back to ${isBack ? "" : "the stage where it came from "}${what}`, () => {
    globalThis.Element = class {};
    globalThis.HTMLElement = class extends globalThis.Element {};
    const page = new globalThis.HTMLElement();
    const given = [];
    const focusable = (name, more = {}) => (
      Object.assign(new globalThis.HTMLElement(), { focus: () => given.push(name) }, more));
    const had = before === null ? page : focusable("before", before);
    globalThis.document = Object.assign(new EventTarget(), { activeElement: had, body: page });
    const close = focusable("close");
    const card = Object.assign(new EventTarget(), { contains: (element) => element === close, querySelector: () => close });
    const elements = { above: {}, body: focusable("stage"), card, picture: {}, transport: { querySelector: () => focusable("button") } };
    let state = initialState();
    const panel = new CardPanel(elements, () => state, ({ index }) => { state = { ...state, card: index }; });
    panel.open(0);
    document.activeElement = close;
    panel.open(null);
    panel.listening.abort();
    assert.deepEqual(given, ["close", isBack ? "before" : "stage"]);
  });
}

for (const [where, selectors, inside, closes] of [
  ["beside the stage", [], false, true],
  ["on the switch of the language, which shows the same card in other words", [".st-key-language"], false, false],
  ["on the legend", [".optviz-legend"], true, false],
  ["on a legend of another stage", [".optviz-legend"], false, true],
]) {
  test(`a hand that comes down ${where} ${closes ? "closes the card" : "leaves the card open"}`, () => {
    globalThis.Element = class {
      closest(asked) { return asked.split(", ").some((one) => selectors.includes(one)) ? this : null; }
    };
    globalThis.document = Object.assign(new EventTarget(), { activeElement: null });
    const done = [];
    const card = Object.assign(new EventTarget(), { hidden: false, contains: () => false });
    globalThis.HTMLElement = class extends globalThis.Element {};
    const transport = { querySelector: () => new globalThis.HTMLElement() };
    const elements = { above: {}, body: { contains: () => inside }, card, picture: {}, transport };
    const panel = new CardPanel(elements, () => ({ ...initialState(), card: 1 }), ({ index }) => done.push(index));
    document.dispatchEvent(Object.defineProperty(new Event("pointerdown"), "target", { value: new globalThis.Element() }));
    panel.listening.abort();
    assert.deepEqual(done, closes ? [null] : []);
  });
}
