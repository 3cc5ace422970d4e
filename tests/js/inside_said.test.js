// @ts-nocheck
import assert from "node:assert/strict";
import test from "node:test";

import { factsOf, said } from "../../optviz/stage/js/inside/said.js";

// The key of each sentence, and what is put in.
const text = new Proxy({}, { get: (_, key) => (key === "and_then" ? "{first} {second}" : key.startsWith("push_") ? `${key.slice(5)} {label}` : `${key} {times} {first} {second} {axis} {own} {plain} {at} {steeper} {longer} {way} {degrees} {begin} {change} {share} {from} {to}`) });
const arrow = (kind, vector) => ({ kind, label: kind, told: "", vector });

function facts({ arrows = [arrow("gradient", [1, 0])], terms = {}, moves, step = 5, from = 2, to = 1, slope = [1, 0], plain = null, counterpart = null, batched = false, outside = false, asked = null, moves_surface = false }) {
  const total = arrows.reduce(([x, y], { vector: [right, up] }) => [x + right, y + up], [0, 0]);
  return {
    racer: { arrows, asked, plain, counterpart, batched, diverged_at: 3 },
    step, from, to, slope, outside, moves: moves_surface, moved: total,
    moveOf: (at) => (at === step ? total : moves?.(at) ?? total),
    term: (key, at = step) => terms[key]?.(at) ?? [],
    vector: (one) => one.vector,
  };
}

const keys = (given) => said(facts(given), text).map((sentence) => sentence.split(" ")[0].toLowerCase());

test("a step goes down, up, nowhere, or is lost", () => {
  assert.deepEqual(keys({}), ["say_down"]);
  assert.deepEqual(keys({ from: 1, to: 2 }), ["say_up"]);
  assert.deepEqual(keys({ arrows: [arrow("gradient", [0, 0])] }), ["say_stays"]);
  assert.deepEqual(keys({ arrows: [arrow("gradient", [NaN, NaN])] }), ["say_lost"]);
  assert.deepEqual(keys({ step: 0 }), ["say_start"]);
  assert.deepEqual(keys({ moves_surface: true }), ["say_moving", "say_carried"]);
});

test("of two pushes the longer one is named first, and whether they agree", () => {
  const [, sentence] = said(facts({ arrows: [arrow("gradient", [1, 0]), arrow("moment", [4, 0])] }), text);
  assert.match(sentence, /^Say_longer_with 4 moment moment gradient gradient/);
  assert.ok(keys({ arrows: [arrow("gradient", [-1, 0]), arrow("moment", [4, 0])] }).includes("say_longer_against"));
  assert.ok(keys({ arrows: [arrow("gradient", [0, 1]), arrow("moment", [1, 0])] }).includes("say_equal_across"));
});

test("steps that do not shrink with the slope are told where an average of squares divides", () => {
  const terms = {
    average_square: (at) => (at === 0 ? [0, 0] : [1, 1]), effective_learning_rate: () => [1, 1], gradient: (at) => (at === 2 ? [8, 0] : [1, 0]),
  };
  const [, alike] = said(facts({ terms, moves: () => [1.5, 0] }), text);
  assert.match(alike, /^Say_divided_alike .* 2 8 1\.5 /);
  for (const [longer, key] of [
    [3.9, "less"], [3.1, "less"], [3, "alike"], [1.3, "alike"], [1.2, "level"], [1, "level"], [0.97, "level"],
    [0.69, "shorter"], [0.04, "shorter"],
  ]) {
    const found = keys({ terms, moves: () => [longer, 0] }).filter((one) => one.startsWith("say_divided"));
    assert.deepEqual(found, [`say_divided_${key}`], `${longer} times as long`);
  }
  assert.ok(keys({ terms, moves: () => [8, 0] }).includes("say_divided"), "there the step has shrunk");
  assert.ok(!keys({ terms: { ...terms, average_square: () => [] } }).some((key) => key.startsWith("say_divided")));
});

test("a sum of squares is told by the axis along which it has slowed the most", () => {
  const terms = { accumulated_square: (at) => (at === 0 ? [0, 0] : [4, 100]), effective_learning_rate: (at) => (at === 1 ? [1, 1] : [0.5, 0.1]) };
  const [, sentence] = said(facts({ terms }), text);
  assert.match(sentence, /^Say_accumulated 10 .* y /);
});

test("the gradient of a step is the racer's own, and who is beyond the domain is outside", () => {
  const arrays = new Map(Object.entries({
    points: [[0, 0], [1, 0], [3, 0]], local: [[2, 1, 0], [1, 1, 0], [0, 1, 0]], slopes: [[NaN, NaN], [4, 5], [6, 7]],
    ends: [[NaN, NaN, NaN, NaN], [0, 0, 1, 0], [1, 0, 3, 0]],
  }));
  const racer = { points: "@points", local: "@local", gradient: "@slopes", total: { ends: "@ends" }, bars: [], series: [] };
  const [inside, outside] = [1, 2].map((step) => factsOf(racer, arrays, step, [-2, 2, -2, 2]));
  assert.deepEqual([inside.term("gradient"), inside.outside, inside.moved], [[4, 5], false, [1, 0]]);
  assert.deepEqual([outside.term("gradient"), outside.term("gradient", 1), outside.outside], [[6, 7], [4, 5], true]);
});

test("two losses are told apart by as many digits as it takes, and else by how far they are apart", () => {
  const first = (given) => said(facts(given), text)[0];
  assert.match(first({ from: -0.28321, to: -0.28322 }), /^Say_down .* −0\.28321 −0\.28322$/);
  assert.match(first({ from: -0.28322, to: -0.28321 }), /^Say_up /);
  assert.match(first({ from: -0.2832, to: -0.2832 - 3e-12 }), /^Say_hardly_down .* 3\.00e−12 /);
});

test("what stands still is compared with nothing, and who has left the surface has left it", () => {
  const terms = { average_square: () => [1, 1], effective_learning_rate: () => [1, 1], gradient: () => [0, 0] };
  assert.deepEqual(keys({ arrows: [arrow("gradient", [0, 0])], terms, outside: true }), ["say_stays", "say_outside"]);
  assert.ok(keys({ outside: true }).includes("say_outside"));
});

test("while an average is mostly what it began at, it is not said to be of gradients", () => {
  const terms = {
    average_square: (at) => [0.9 ** at, 0.9 ** at], effective_learning_rate: () => [0.1, 0.1], gradient: () => [0.2, 0.3],
  };
  const [, sentence] = said(facts({ terms }), text);
  assert.match(sentence, /^Say_divided_begun .* x .* 1 /);
  // The most that gradients make of it is 0.09.
  assert.ok(!keys({ terms: { ...terms, average_square: (at) => (at === 0 ? [1, 1] : [0.05, 0.09]) } }).includes("say_divided_begun"));
});

test("what a sum began at is told, and that it has hardly grown", () => {
  const terms = { accumulated_square: (at) => [0.1 + 0.001 * at, 0.1], effective_learning_rate: () => [0.3, 0.3] };
  const [, sentence] = said(facts({ terms }), text);
  assert.match(sentence, /^Say_accumulated_little .*say_accumulated_begun .* 0\.1 /);
});

test("a step that is a part of the update it is made from says which", () => {
  const terms = { average_update_square: () => [4, 4], update: () => [10, 0] };
  assert.match(said(facts({ terms }), text)[1], /say_part_of_update .* 0\.1 /);
  assert.doesNotMatch(said(facts({ terms: { ...terms, update: () => [1, 0] } }), text)[1], /update .* 1 /);
});

test("a swing back is told, and a batch that points elsewhere", () => {
  assert.ok(keys({ moves: () => [-1, 0] }).includes("say_turned"));
  assert.ok(!keys({ moves: () => [1, 0] }).includes("say_turned"));
  assert.ok(keys({ batched: true, terms: { gradient: () => [0, 1] } }).includes("say_astray"));
  assert.ok(keys({ batched: true, terms: { gradient: () => [1, 0] } }).includes("say_batch"));
});

test("what would have been without looking ahead", () => {
  const counterpart = { name: "Momentum", total: arrow("step", [3, 0]) };
  const terms = { gradient: () => [1, 1] };
  assert.ok(keys({ counterpart, asked: {}, terms }).includes("say_looked_ahead"));
  // A batch's gradient is not to be compared with the slope of all samples; who asks at the point itself has not looked elsewhere.
  assert.ok(keys({ counterpart, asked: {}, terms, batched: true }).includes("say_asked_ahead"));
  assert.ok(keys({ counterpart, terms }).includes("say_counterpart"));
  assert.ok(keys({ counterpart }).includes("say_counterpart"));
});
