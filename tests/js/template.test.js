// Lines of a rule with the numbers of a step in them; tests/displayed_lines.py writes them in the same way.

import assert from "node:assert/strict";
import test from "node:test";

import { filledIn, significant } from "../../optviz/stage/js/inside/template.js";

// As in tests/test_ledger.py.
const WRITTEN = [
  [0.00709, "0.00709000"],
  [-0.137, "−0.137000"],
  [1234567, "1.23457e6"],
  [999999.6, "1.00000e6"],
  [123456.4, "123456"],
  [0.00099999, "9.99990e−4"],
  [-1.5e-12, "−1.50000e−12"],
  [0, "0"],
  [-0, "0"],
  [NaN, "–"],
  [1, "1.00000"],
  [100000, "100000"],
];

test("a number has six digits", () => {
  for (const [value, text] of WRITTEN) assert.equal(significant(value), text);
});

const ARRAYS = new Map([
  ["v", [[1, -2], [-0.5, 1e-5]].map((row) => Float64Array.from(row))],
  ["t", Float64Array.from([0, 12])],
]);

test("a token is its text, or the number of its step and axis", () => {
  const at = (token, axis = 0) => filledIn(token, ARRAYS, 1, axis);
  assert.equal(at({ text: " · " }), " · ");
  assert.equal(at({ value: "@v" }), "−0.500000");
  assert.equal(at({ value: "@v", before: true }, 1), "−2.00000");
  assert.equal(at({ value: "@t", raised: true }), "¹²");
  assert.equal(filledIn({ value: "@v", before: true }, ARRAYS, 0, 0), "–");
  assert.equal(filledIn({ value: "@t", raised: true }, ARRAYS, 2, 0), "–");
});

test("brackets stand around a negative number after a sign, and around an exponent below a power", () => {
  const at = (brackets, axis) => filledIn({ value: "@v", brackets }, ARRAYS, 1, axis);
  assert.equal(at("negative", 0), "(−0.500000)");
  assert.equal(at("negative", 1), "1.00000e−5");
  assert.equal(at("base", 1), "(1.00000e−5)");
});
