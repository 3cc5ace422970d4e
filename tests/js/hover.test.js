// What a hand points at, and when nothing is told of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Hover } from "../../optviz/stage/js/hover.js";

function hover() {
  const [lit, classes] = [[], new Set()];
  const toggle = (name, on) => (on ? classes.add(name) : classes.delete(name));
  return { lit, classes, made: new Hover({ classList: { toggle } }, (trace) => lit.push(trace)) };
}

test("what is found is lit", () => {
  const { lit, made } = hover();
  made.find(3);
  made.find(null);
  assert.deepEqual(lit, [3, null]);
});

test("hushed, nothing is lit and no label is seen, whatever Plotly finds; afterwards what is found by then", () => {
  const { lit, classes, made } = hover();
  made.find(3);
  made.hush(true);
  made.find(null);
  made.find(4);
  made.hush(true);
  assert.deepEqual([lit, [...classes]], [[3, null], ["optviz-hushed"]]);
  made.hush(false);
  assert.deepEqual([lit, [...classes]], [[3, null, 4], []]);
});
