// The reducer: what each action makes of a state.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  cameraIn, endIsHidden, futureIsHidden, initialState, isAtEnd, isInDepth, litOf, momentOf, raceOf, racerOf, reduce, sceneIsShown,
  shownViews, stepAt, stepBefore, stepOf, wantedViews,
} from "../../optviz/stage/js/state.js";

const CHOICES = { axis: ["loss", "gap"], by: ["step"] };
const VIEWS = Object.fromEntries(["loss", "gap", "step", "epoch", "map", "3d", "both", "own", "article"].map((name) => [name, { data: {}, layout: {} }]));

function message({ steps = 10, token = "a race", ...more } = {}) {
  const layers = steps === null ? [] : [{ kind: "tracks", steps, racers: [] }];
  return { header: { layers, choices: CHOICES, views: VIEWS, token, ...more }, arrays: new Map() };
}

const received = (given) => ({ type: "received", message: message(given) });
const after = (actions, state = initialState()) => Object.freeze(actions.reduce((before, action) => reduce(Object.freeze(before), action), state));

test("a race is seen at its end first, and the next one too where this one was", () => {
  const first = after([received()]);
  assert.equal(first.position, 10);
  assert.equal(reduce(first, received({ steps: 25 })).position, 25);
  const inside = after([{ type: "seek", step: 4 }], first);
  assert.equal(reduce(inside, received({ steps: 25 })).position, 4);
  assert.equal(reduce(inside, received({ steps: 3 })).position, 3);
  const playing = after([{ type: "play" }, { type: "advance", steps: 2 }], first);
  assert.equal(reduce(playing, received({ steps: 25 })).position, 2);
});

test("a race is put at the step that is asked for, once, and as soon as it has come so far", () => {
  const seek = { step: 7, number: 3 };
  const first = after([received({ seek })]);
  assert.deepEqual([first.position, first.sought], [7, 3]);
  const moved = reduce(first, { type: "seek", step: 2 });
  assert.equal(reduce(moved, received({ seek })).position, 2);
  assert.equal(after([received({ seek })], initialState(3)).position, 10, "a stage that comes later has nothing to go to");
  const begun = after([received({ steps: 4, seek })]);
  assert.equal(begun.position, 4);
  assert.equal(reduce(begun, received({ seek })).position, 7);
});

test("a figure without a race has no steps", () => {
  const state = after([received({ steps: null })]);
  assert.deepEqual([state.position, endIsHidden({ ...state, veiled: true })], [0, false]);
});

for (const [step, position] of [[-3, 0], [4, 4], [99, 10]]) {
  test(`seeking ${step} of 10 steps ends at ${position}`, () => {
    assert.equal(after([received(), { type: "seek", step }]).position, position);
  });
}

test("playing begins anew at the end, goes on in the middle, and stops at the end", () => {
  assert.equal(after([received(), { type: "play" }]).position, 0);
  const middle = after([received(), { type: "seek", step: 4 }, { type: "play" }, { type: "advance", steps: 2.5 }]);
  assert.deepEqual([middle.position, middle.playing, stepOf(middle), stepBefore(middle)], [6.5, true, 6, 6]);
  const end = after([{ type: "advance", steps: 100 }], middle);
  assert.deepEqual([end.position, end.playing, isAtEnd(end)], [10, false, true]);
});

test("a pause rests on the step that has been reached", () => {
  const state = after([received(), { type: "seek", step: 3 }, { type: "play" }, { type: "advance", steps: 0.9 }, { type: "pause" }]);
  assert.deepEqual([state.position, state.playing, stepBefore(state)], [3, false, 2]);
  assert.equal(reduce(state, { type: "pause" }), state);
});

test("what is hidden stays in order, and comes back", () => {
  const toggle = (index) => ({ type: "toggle", index });
  assert.deepEqual(after([toggle(3), toggle(0), toggle(11)]).hidden, [0, 3, 11]);
  assert.deepEqual(after([toggle(3), toggle(0), toggle(3)]).hidden, [0]);
});

test("a view is the server's to set once for each stamp, the visitor's after that", () => {
  const view = { chosen: { axis: "gap", by: "step" }, hidden: [2], stamp: 1 };
  const set = after([received({ view })]);
  assert.deepEqual([set.chosen, set.hidden], [{ axis: "gap", by: "step" }, [2]]);
  const chosen = after([{ type: "choose", group: "axis", name: "loss" }, received({ view })], set);
  assert.equal(chosen.chosen.axis, "loss");
  assert.equal(after([received({ view: { ...view, stamp: 2 } })], chosen).chosen.axis, "gap");
});

test("a choice that a figure does not have becomes its first", () => {
  const state = after([received(), { type: "choose", group: "by", name: "epoch" }, received()]);
  assert.deepEqual(state.chosen, { axis: "loss", by: "step" });
});

test("a veil hides the end until it has been seen", () => {
  const veiled = after([received(), { type: "veil", veiled: true }]);
  assert.deepEqual([veiled.position, endIsHidden(veiled), futureIsHidden(veiled)], [0, true, true]);
  const seen = after([{ type: "seek", step: 10 }, { type: "end_seen" }], veiled);
  assert.deepEqual([endIsHidden(seen), seen.playedRace], [false, "a race"]);
  // Another race has another end.
  const next = after([received({ token: "another" })], seen);
  assert.deepEqual([next.position, endIsHidden(next)], [0, true]);
  assert.equal(endIsHidden(after([received({ token: "another", played: true })], seen)), false);
  assert.equal(endIsHidden(after([{ type: "veil", veiled: false }], veiled)), false);
});

test("who has had the answer before the page was loaded sees the race at its end, who skips to it where it was", () => {
  const loaded = after([received(), { type: "veil", veiled: true }]);
  const told = after([received({ played: true, replay: 0 })], loaded);
  assert.deepEqual([told.position, endIsHidden(told)], [10, false]);
  const paused = after([{ type: "seek", step: 4 }], loaded);
  assert.equal(after([received({ played: true, replay: 1 })], paused).position, 4);
});

test("a veil that comes with going back hides what was seen without it", () => {
  const view = { chosen: {}, hidden: [], stamp: 1 };
  const seen = after([received({ view })]);
  const back = after([received({ view: { ...view, veiled: true, stamp: 2 } })], seen);
  assert.deepEqual([back.veiled, back.position, endIsHidden(back)], [true, 0, true]);
});

test("the race that is shown may be another than the address says", () => {
  assert.equal(raceOf(after([received({ shown: "dragged" })])), "dragged");
  assert.equal(raceOf(initialState()), null);
});

test("a tour and a video leave out what is still to come", () => {
  assert.equal(futureIsHidden(after([received({ tour: { number: 1 } })])), true);
  assert.equal(futureIsHidden(after([received(), { type: "record", recording: "webm" }])), true);
  assert.equal(futureIsHidden(after([received()])), false);
});

function raced() {
  const racers = ["a", "b", "c"].map((name, index) => ({ name, step: "@steps", epoch: `@epochs/${name}`, own: [2 * index, 2 * index + 1] }));
  const arrays = new Map([["steps", Int32Array.of(0, 1, 2, 3)], ["epochs/a", Float32Array.of(0, 0.5, 1, 1.5)], ["epochs/b", Float32Array.of(0, 2, 4, 6)]]);
  const header = { layers: [{ kind: "tracks", steps: 3, racers }], choices: { by: ["step", "epoch"] }, views: VIEWS, token: "a race" };
  return after([{ type: "received", message: { header, arrays } }]);
}

test("one racer alone, and all of them again", () => {
  const alone = after([{ type: "toggle", index: 0 }, { type: "only", index: 1 }], raced());
  assert.deepEqual(alone.hidden, [0, 2]);
  assert.deepEqual(reduce(alone, { type: "only", index: 1 }).hidden, []);
  assert.deepEqual(reduce(alone, { type: "only", index: 2 }).hidden, [0, 1]);
});

test("who is pointed at is lit, by the legend or by a trace, until it is no more there", () => {
  const state = raced();
  assert.deepEqual([racerOf(state, 3), racerOf(state, 9), racerOf(state, null)], [1, null, null]);
  const lit = after([{ type: "light", index: 2 }], state);
  assert.equal(lit.lit, 2);
  assert.equal(reduce(lit, { type: "light", index: 2 }), lit, "the same again is no change");
  assert.equal(reduce(lit, received()).lit, null, "a race with fewer racers");
  assert.deepEqual([litOf(lit), litOf(reduce(lit, { type: "toggle", index: 2 }))], [2, null], "nobody is paler for who is hidden");
});

test("while a handle is held nobody is lit, whatever the hand passes", () => {
  const lit = after([received(), { type: "light", index: 0 }]);
  const held = after([{ type: "hold", held: { chart: "map", point: [0, 0] } }, { type: "light", index: 1 }], lit);
  assert.equal(held.lit, null);
  assert.equal(after([{ type: "hold", held: null }, { type: "light", index: 1 }], held).lit, 1);
});

test("a place on the axis of the curves is the nearest step of the first racer in sight", () => {
  const state = raced();
  assert.deepEqual([-1, 1.4, 1.6, 9].map((x) => stepAt(state, x)), [0, 1, 2, 3]);
  const byEpoch = after([{ type: "choose", group: "by", name: "epoch" }], state);
  assert.deepEqual([0.6, 1.4].map((x) => stepAt(byEpoch, x)), [1, 3]);
  assert.equal(stepAt(after([{ type: "toggle", index: 0 }], byEpoch), 2.5), 1);
});

const SCENE = {
  kind: "scene", home: [-52, 42, 1.6], group: "drawn", shown: ["3d", "both"], instead: "map", choices: ["look"],
};
const IN_DEPTH = {
  layers: [SCENE],
  choices: { drawn: ["map", "3d", "both"], look: ["own", "article"], axis: ["loss"] },
  views: { ...VIEWS, article: { data: {}, layout: {}, scene: { data: {}, layout: {}, home: [45, 45, 1.7] } } },
};
const deep = (...actions) => after([{ type: "received", message: { header: { ...IN_DEPTH }, arrays: new Map() } }, ...actions]);
const choose = (group, name) => ({ type: "choose", group, name });

test("whole paths are seen where they are asked for, and where nothing is hidden", () => {
  const choices = { paths: ["travelled", "whole"] };
  const views = { travelled: { data: {}, layout: {} }, whole: { data: {}, layout: {} } };
  const hidden = (...actions) => {
    const { futureIsHidden: future, pathsAreHidden: paths } = momentOf(after([received({ choices, views }), ...actions]));
    return [future, paths];
  };
  const veil = { type: "veil", veiled: true };
  assert.deepEqual(hidden(), [false, true]);
  assert.deepEqual(hidden(choose("paths", "whole")), [false, false]);
  assert.deepEqual(hidden(veil), [true, true]);
  assert.deepEqual(hidden(choose("paths", "whole"), veil), [true, true]);
});

test("a view whose numbers have not come is what was shown before, and shown once they are there", () => {
  const choices = { axis: ["loss", "gap", "length"] };
  const shown = (state) => [state.chosen.axis, wantedViews(state).axis, shownViews(state).axis];
  const awaited = after([received({ choices }), choose("axis", "gap"), choose("axis", "length")]);
  assert.deepEqual(shown(awaited), ["length", "length", "gap"]);
  // Another message without them may be on its way.
  assert.deepEqual(shown(reduce(awaited, received({ choices }))), ["length", "length", "gap"]);
  const length = { data: {}, layout: {} };
  assert.deepEqual(shown(reduce(awaited, received({ choices, views: { ...VIEWS, length } }))), ["length", "length", "length"]);
  const view = { chosen: { axis: "length" }, hidden: [], stamp: 1 };
  assert.deepEqual(shown(after([received({ choices, view })])), ["length", "length", "loss"], "opened by a link");
});

test("3-D is shown where it is chosen, and the map instead where the browser cannot", () => {
  assert.deepEqual([isInDepth(deep()), sceneIsShown(deep())], [false, false]);
  for (const drawn of ["3d", "both"]) {
    const state = deep(choose("drawn", drawn));
    assert.deepEqual([isInDepth(state), sceneIsShown(state), shownViews(state).drawn], [true, true, drawn]);
    const flat = reduce(state, { type: "flatten" });
    assert.deepEqual([isInDepth(flat), sceneIsShown(flat), shownViews(flat).drawn, flat.chosen.drawn], [true, false, "map", drawn]);
  }
  assert.equal(isInDepth(after([received()])), false, "a figure without a 3-D chart");
});

test("it is seen from where it was turned to, from the home of its look where it was not", () => {
  assert.deepEqual(cameraIn(deep()), [-52, 42, 1.6]);
  const turned = deep({ type: "turn", camera: [10, 20, 3] });
  assert.deepEqual(cameraIn(turned), [10, 20, 3]);
  assert.equal(reduce(turned, { type: "turn", camera: [10, 20, 3] }), turned, "nothing has changed");
  assert.deepEqual(cameraIn(reduce(turned, { type: "turn", camera: null })), [-52, 42, 1.6]);
  assert.deepEqual(cameraIn(reduce(turned, choose("drawn", "both"))), [10, 20, 3]);
  assert.deepEqual(cameraIn(reduce(turned, choose("look", "article"))), [45, 45, 1.7]);
});

test("the server's view brings its camera, once", () => {
  const view = (camera, stamp) => ({ chosen: {}, hidden: [], camera, stamp });
  const state = deep({ type: "received", message: { header: { ...IN_DEPTH, view: view([1, 2, 3], 7) }, arrays: new Map() } });
  assert.deepEqual(state.camera, [1, 2, 3]);
  const turned = reduce(state, { type: "turn", camera: [4, 5, 6] });
  const again = (camera, stamp) => ({ type: "received", message: { header: { ...IN_DEPTH, view: view(camera, stamp) }, arrays: new Map() } });
  assert.deepEqual(reduce(turned, again([1, 2, 3], 7)).camera, [4, 5, 6]);
  assert.equal(reduce(turned, again(null, 8)).camera, null);
});
