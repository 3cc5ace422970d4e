// What the picture shows, in words of the test's own; those of both languages are tried in tests/browser/test_sentences.py.

import assert from "node:assert/strict";
import { test } from "node:test";

import { counted, happened, put, soFar, standings } from "../../optviz/stage/js/sentences.js";

const TEXT = {
  alternative: "Step {step} of {steps}: {ranking}",
  standing_outside: "{racer} outside at {loss}",
  and: ", ",
  and_more: "{names} and {count} in all",
  and_more_last: "{names} and others",
  and_then: "{first} {second}",
  say_start: "start",
  say_no_start: "nobody began",
  say_lost: "all lost",
  say_left: "left: {racers}.",
  say_some_lost: "lost: {racers}.",
  say_alone: "{racer} is at {loss}.",
  say_step: "{racers} leads with {loss}.",
  say_step_inside: "{racers} leads inside with {loss}.",
  say_step_level: "{racers} level at {loss}.",
  say_end: "{racers} wins with {loss}.",
  say_ahead: "{racer} is {margin} behind.",
  say_uphill_step: "{racer} climbed from {from} to {to}.",
};

// Standing: 1 to 99 the place, + 100 where it climbs, 200 outside, 0 lost.
const racer = (name, losses, standing) => ({ name, losses, standing, overshoot: "step" });
const A = racer("A", [2, 1, 0.5], [1, 1, 1]);
const B = racer("B", [2, 1.5, 0.75], [1, 2, 2]);
const OUT = racer("O", [2, 0.1, 0.1], [1, 200, 200]);
const LOST = racer("L", [2, NaN, NaN], [1, 0, 0]);
const NEVER = racer("N", [NaN, NaN, NaN], [0, 0, 0]);

test("standings say how the surface is drawn, and which curves are beside it", () => {
  const text = { ...TEXT, alternative: "{surface} and {curves}: {ranking}", alternative_3d: "depth", alternative_length: "lengths" };
  assert.equal(standings(text, [A], 1, 2, { drawn: "3d", axis: "length", by: "step" }), "depth and lengths: A 1");
});

test("standings: lowest first, then who is outside, then who is lost", () => {
  assert.equal(standings(TEXT, [LOST, OUT, B, A], 1, 2), "Step 1 of 2: A 1, B 1.5, O outside at 0.1, L –");
  assert.equal(standings(TEXT, [racer("T", [-0.000123456, 123456], [1, 1])], 0, 1), "Step 0 of 1: T −1.23e−4");
});

for (const [racers, step, said] of [
  [[], 1, "start"],
  [[A, B], 0, "start"],
  [[NEVER], 0, "nobody began"],
  [[NEVER], 2, "nobody began"],
  [[A], 1, "A is at 1."],
  [[A, B], 1, "A leads with 1. B is 0.5 behind."],
  [[A, B], 2, "A wins with 0.5. B is 0.25 behind."],
  [[A, racer("E", [2, 1, 1], [1, 1, 1])], 1, "A, E level at 1."],
  [[B, OUT, LOST], 1, "B leads inside with 1.5. left: O. lost: L."],
  [[OUT, LOST], 1, "left: O. lost: L."],
  [[LOST], 1, "all lost"],
  [[racer("U", [2, 2.5, 1], [1, 101, 1]), B], 1, "U climbed from 2 to 2.5."],
]) {
  test(`what is said of ${racers.map(({ name }) => name).join("") || "nobody"} at step ${step}`, () => {
    assert.equal(happened(TEXT, racers, step, 2), said);
  });
}

// Kinds of events: 2 arrived, 5 followed.
const PLACED = [{ ...A, place: 0 }, { ...B, place: 1 }, { ...racer("C", [2, 1.5, 0.75], [1, 2, 2]), place: 2 }];
const VALLEY = {
  ...TEXT, say_off: "off", say_in_no_valley: "in none: {racers}.", say_arrives_other: "{racers} first at {step}", say_follows_other: "{racers} as well by {step}: {count} of {all}",
  say_returns: "{racers} back by {step}", say_ends_so: "{head}.", say_ends_and: "{head}; {tail}.",
  say_ends_all: "all in {valley}, {racers} first at {step}", say_ends_all_from_start: "all in {valley}, their own",
  say_ends: "{count} in {valley}, {racers} first at {step}", say_ends_from_start: "{count} in {valley}, their own",
  say_ends_one: "only {racers} in {valley} at {step}", say_ends_one_from_start: "only {racers} in {valley}, their own",
  say_ends_alone: "{racers} in {valley} at {step}", say_ends_alone_from_start: "{racers} in {valley}, its own",
  say_ends_apart_all: "all in {valleys}, {racers} first at {step}", say_ends_apart_all_from_start: "all in {valleys}, {racers} at home",
  valley_other: "the other", say_never_found: "nobody in the deepest",
};
/** Who arrives when in the other valley, and of whom that is told in one event. */
const course = (steps, told = []) => ({
  events: told.map(([step, kind, ...places]) => ({ step, kind, since: step, valley: 1, places })),
  arrivals: steps.map((step) => ({ step, valley: step < 0 ? -1 : 1, passed: false })),
  valleys: [{ loss: 0, away: 0.1, places: 1 }, { loss: 1, away: 0.2, places: 1 }],
});

test("while it plays from its start nobody is asked to press play", () => {
  assert.equal(soFar(VALLEY, PLACED, course([-1, -1, -1]), 0, 2), "off");
  assert.equal(soFar(VALLEY, [], course([]), 0, 2), "off");
  assert.equal(soFar(VALLEY, [NEVER], course([-1]), 0, 2), "nobody began");
  assert.equal(happened(VALLEY, PLACED, 0, 2, course([-1, -1, -1])), "start");
});

test("a valley that moves is caught up with and kept up with; where there are no such words, it is the deepest", () => {
  const text = {
    ...VALLEY, say_arrives_deepest: "first in it", say_arrives_deepest_moving: "{racers} caught up at {step}",
    say_ends_moving: "{count} keep up", valley_deepest: "the deepest",
  };
  const [arrivals, valleys] = [[1, 2, -1].map((step) => ({ step, valley: step < 0 ? -1 : 0, passed: true })), [{ loss: 0, away: 1, places: 1 }]];
  const events = [{ step: 1, kind: 2, since: 1, valley: 0, places: [0] }];
  for (const [moves, [arrived, end]] of [
    [true, ["A caught up at 1", "2 keep up. in none: C."]],
    [false, ["first in it", "2 in the deepest, A first at 1. in none: C."]],
  ]) {
    assert.equal(soFar(text, PLACED, { moves, events, arrivals, valleys }, 1, 2), arrived);
    assert.equal(soFar(text, PLACED, { moves, events, arrivals, valleys }, 2, 2), end);
  }
});

for (const [why, shown, arrived, told, step, said] of [
  ["who follows somebody who was named", [0, 1, 2], [1, 3, -1], [[1, 2, 0], [3, 5, 1]], 3, "B as well by 3: 2 of 3"],
  ["with the first hidden, the next one is the first", [1, 2], [1, 3, -1], [[1, 2, 0], [3, 5, 1]], 3, "B first at 3"],
  ["of several who follow a hidden one, the quickest", [1, 2], [1, 3, 4], [[1, 2, 0], [4, 5, 1, 2]], 4, "B first at 3"],
  ["where the first was never told", [0, 1, 2], [1, 3, -1], [[3, 5, 1]], 3, "A first at 1"],
  ["where all start in it, who comes there has been there", [0, 1, 2], [0, 3, 0], [[3, 5, 1]], 3, "B back by 3"],
]) {
  test(`an arrival: ${why}`, () => {
    const racers = PLACED.filter(({ place }) => shown.includes(place));
    assert.equal(soFar(VALLEY, racers, course(arrived, told), step, 9), said);
  });
}

for (const [shown, arrived, said] of [
  [[0, 1, 2], [0, 0, 0], "all in the other, their own; nobody in the deepest."],
  [[0, 1, 2], [1, 2, 2], "all in the other, A first at 1; nobody in the deepest."],
  [[0, 1, 2], [0, 2, -1], "2 in the other, their own; nobody in the deepest."],
  [[0, 1, 2], [0, -1, -1], "only A in the other, their own; nobody in the deepest."],
  [[0], [0, 1, 1], "A in the other, its own; nobody in the deepest."],
  [[0], [1, 1, 1], "A in the other at 1; nobody in the deepest."],
]) {
  test(`at the end, of those who arrived at ${arrived} with ${shown} shown: ${said}`, () => {
    const racers = PLACED.filter(({ place }) => shown.includes(place));
    assert.equal(happened(VALLEY, racers, 2, 2, course(arrived)), said);
  });
}

test("at the end, who started in one of several valleys never left it", () => {
  const apart = course([0, 2, 0]);
  apart.arrivals[1].valley = 2;
  apart.valleys.push({ loss: 3, away: 0.3 });
  assert.equal(happened(VALLEY, PLACED, 2, 2, apart), "all in 2, A, C at home; nobody in the deepest.");
});

const EQUAL = {
  ...VALLEY, valley_deepest: "the deepest", valley_deepest_equal: "one of {places}", say_never_found_equal: "none of {places} found",
  say_ends_from_start_equal: "{count} in {valley}, {racers} at home", say_arrives_deepest: "{racers} first in the deepest",
  say_arrives_deepest_equal: "{racers} first in one of {places}", say_follows_deepest_equal: "{racers} too in one of {places}",
};
for (const [places, arrived, said] of [
  [1, [1, 2, -1], "2 in the deepest, A first at 1. in none: C."],
  [4, [1, 2, -1], "2 in one of 4, A first at 1. in none: C."],
  [1, [0, 2, -1], "2 in the deepest, their own. in none: C."],
  [4, [0, 2, -1], "2 in one of 4, A at home. in none: C."],
]) {
  test(`at the end, with ${places} equally deep, of those who arrived at ${arrived}: ${said}`, () => {
    const deepest = course(arrived);
    for (const arrival of deepest.arrivals) if (arrival.step >= 0) arrival.valley = 0;
    deepest.valleys[0].places = places;
    assert.equal(happened(EQUAL, PLACED, 2, 2, deepest), said);
  });
}

test("of several that are equally deep, an arrival speaks as of one of them, and nobody comes back to another", () => {
  const deepest = course([0, 3, -1], [[3, 5, 1]]);
  for (const happening of [...deepest.events, ...deepest.arrivals.slice(0, 2)]) happening.valley = 0;
  assert.equal(soFar(EQUAL, PLACED, deepest, 3, 9), "B back by 3");
  deepest.valleys[0].places = 2;
  assert.equal(soFar(EQUAL, PLACED, deepest, 3, 9), "B too in one of 2");
});

test("none of several that are equally deep is found", () => {
  const other = course([1, 1, 1]);
  other.valleys[0].places = 3;
  assert.equal(happened(EQUAL, PLACED, 2, 2, other), "all in the other, A, B, C first at 1; none of 3 found.");
});

test("at the end, who is outside or lost is in no valley and told as such, once", () => {
  const racers = [PLACED[0], { ...OUT, place: 1 }, { ...LOST, place: 2 }, { ...PLACED[1], place: 3 }];
  const deepest = course([1, -1, -1, -1]);
  assert.equal(happened(EQUAL, racers, 2, 2, deepest), "only A in the other at 1; nobody in the deepest. left: O. lost: L.");
  deepest.arrivals[0].valley = 0;
  assert.equal(happened(EQUAL, racers, 2, 2, deepest), "only A in the deepest at 1. in none: B. left: O. lost: L.");
});

test("no more digits of a difference than single precision has", () => {
  const close = racer("C", [1, 1000.01], [1, 2]);
  assert.match(happened(TEXT, [racer("A", [1, 1000], [1, 1]), close], 1, 9), /C is 0\.01 behind/);
});

test("one thing has words of its own, and Chinese a space beside another script", () => {
  assert.equal(counted({ seeds: "{count} seeds", seeds_one: "one seed" }, "seeds", 1), "one seed");
  assert.equal(counted({ seeds: "{count} seeds" }, "seeds", 1), "{count} seeds");
  assert.equal(put("第{step}步，{racer}领先", { step: 3, racer: "Adam" }), "第 3 步，Adam 领先");
});
