// A guess at a question, in the browser that made it.

import assert from "node:assert/strict";
import { test } from "node:test";

import keepGuess from "../../optviz/ui/guess.js";

const storage = () => {
  const kept = new Map();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text) };
};
globalThis.localStorage = storage();
globalThis.sessionStorage = storage();
const page = (loaded = true) => {
  if (loaded) globalThis.optvizAsked = undefined;
  const [parentElement, said] = [{ dataset: {} }, []];
  const setTriggerValue = (name, value) => said.push([name, value]);
  const show = (question, guess, revealed = false, answered = false) => (
    keepGuess({ data: { question, guess, revealed, answered }, parentElement, setTriggerValue }));
  return { said, show };
};

test("a guess is told after a reload, and that the race was played after it", () => {
  const first = page();
  first.show("one", null);
  first.show("one", "A");
  assert.deepEqual(first.said, []);
  const reloaded = page();
  reloaded.show("one", null);
  assert.deepEqual(reloaded.said, [["kept", { question: "one", guess: "A", revealed: false, answered: false }]]);
  reloaded.show("one", "B");
  reloaded.show("one", "B", true);
  const later = page();
  later.show("one", null);
  later.show("one", null);
  assert.deepEqual(later.said, [["kept", { question: "one", guess: "B", revealed: true, answered: false }]]);
  // Another one has been open meanwhile: the same document asks the question anew.
  const again = page(false);
  again.show("one", null);
  assert.deepEqual(again.said, [["kept", { question: "one", guess: "B", revealed: false, answered: false }]]);
});

test("what is chosen before the visit knows that the race was played is no guess", () => {
  const first = page();
  first.show("quick", "B");
  first.show("quick", "B", true);
  const reloaded = page();
  reloaded.show("quick", "A");
  assert.deepEqual(reloaded.said, [["kept", { question: "quick", guess: "B", revealed: true, answered: false }]]);
  reloaded.show("quick", "B", true);
  const later = page();
  later.show("quick", null);
  assert.deepEqual(later.said, [["kept", { question: "quick", guess: "B", revealed: true, answered: false }]]);
});

test("who had it played without a guess has none afterwards", () => {
  page().show("two", null, true);
  const reloaded = page();
  reloaded.show("two", null);
  assert.deepEqual(reloaded.said, [["kept", { question: "two", guess: null, revealed: true, answered: false }]]);
});

test("an answer that was shown is shown after a reload, until the race is asked for anew", () => {
  const first = page();
  first.show("three", "A");
  first.show("three", "A", true);
  first.show("three", "A", true, true);
  const reloaded = page();
  reloaded.show("three", null);
  assert.deepEqual(reloaded.said, [["kept", { question: "three", guess: "A", revealed: true, answered: true }]]);
  page(false).show("three", "A", true);
  const later = page();
  later.show("three", null);
  assert.deepEqual(later.said, [["kept", { question: "three", guess: "A", revealed: true, answered: false }]]);
});
