// Messages from Python's packer (messages.py) as the stage reads them.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { arrayOf, completed, resolved, toBytes, unpack } from "../../optviz/stage/js/message.js";
import { number } from "../../optviz/stage/js/sentences.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const python = process.env.PYTHON ?? `${root}.venv/bin/python`;
const packed = JSON.parse(execFileSync(python, [`${root}tests/js/messages.py`], {
  env: { ...process.env, PYTHONPATH: root }, encoding: "utf-8",
}));

const bytesOf = (name) => new Uint8Array(Buffer.from(packed.messages[name], "base64"));
const toldOf = (column) => [...column].map((item) => (typeof item === "number" ? (Number.isFinite(item) ? item : null) : toldOf(item)));

for (const name of ["padding 0", "padding 1", "padding 2", "padding 3"]) {
  test(`arrays of every type arrive as they were packed, ${name}`, () => {
    const { header, arrays } = unpack(bytesOf(name));
    assert.equal(header.token, "x".repeat(Number(name.at(-1))));
    for (const [array, numbers] of Object.entries(packed.arrays)) assert.deepEqual(toldOf(arrays.get(array)), numbers, array);
    const kinds = ["single", "double", "bytes", "whole"].map((array) => arrays.get(array).constructor);
    assert.deepEqual(kinds, [Float32Array, Float64Array, Uint8Array, Int32Array]);
  });
}

test("a loss beside the map is spelled as the sentence below it spells it", () => {
  const told = (loss, digits = 3) => packed.spelled.find(([known, many]) => known === loss && many === digits)?.[2];
  assert.deepEqual([12345, -0.354, 123456, null].map((loss) => told(loss)), ["12300", "−0.354", "1.23e+5", "–"]);
  assert.deepEqual([told(12345, 4), told(2.675, 4)], ["12350", "2.675"]);
  for (const [loss, digits, spelled] of packed.spelled) assert.equal(number(loss ?? NaN, digits), spelled);
});

test("the four messages have headers of all lengths modulo 4", () => {
  const lengths = [0, 1, 2, 3].map((n) => new DataView(bytesOf(`padding ${n}`).buffer).getUint32(0, true) % 4);
  assert.deepEqual([...lengths].sort(), [0, 1, 2, 3]);
});

test("a column of points is an array of its own, one of the map is not", () => {
  const { arrays } = unpack(bytesOf("padding 0"));
  assert.deepEqual(toldOf(arrayOf(arrays, "@points:1")), [1, -4, null]);
  assert.equal(arrays.has("map/z:0"), false);
  assert.throws(() => arrayOf(arrays, "@points"), /no column @points/);
  assert.throws(() => arrayOf(arrays, "@nothing"), /no column @nothing/);
});

test("bytes are read wherever they begin, and in whatever form Streamlit hands them over", () => {
  const bytes = bytesOf("padding 1");
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  const forms = [shifted.subarray(3), bytes.buffer, new DataView(shifted.buffer, 3)];
  for (const form of forms) assert.deepEqual(toldOf(unpack(toBytes(form)).arrays.get("whole")), [-2, -1, 0, 1, 2]);
});

test("the map that was sent once is put back; one that was not is missed", () => {
  assert.equal(completed(unpack(bytesOf("without map"))), null);
  const first = completed(unpack(bytesOf("padding 0")));
  assert.deepEqual(first.header.text, { play: "播放 ▶" });
  assert.ok(first.header.themes.dark.accent);
  const withoutMap = completed(unpack(bytesOf("without map")));
  assert.deepEqual(toldOf(withoutMap.arrays.get("map/z")), [[1, 2, 3], [4, 5, 6]]);
});

test("what the last message to the same stage had is put back, and nothing else is taken for it", () => {
  const second = unpack(bytesOf("second"));
  assert.equal(completed(second), null, "there was no first");
  const first = completed(unpack(bytesOf("first")));
  const whole = completed(second);
  const [line, other] = whole.header.plot.data;
  assert.deepEqual([line, other.name], [first.header.plot.data[0], "b".repeat(99)]);
  assert.deepEqual(whole.header.plot.layout, { title: "new" });
  assert.deepEqual([whole.header.text, whole.header.themes], [first.header.text, first.header.themes]);
  assert.equal(whole.header.parts, undefined);
  assert.deepEqual(toldOf(whole.arrays.get("single")), [3.5, -2.25, null, null]);
  for (const [array, numbers] of Object.entries(packed.arrays)) {
    if (array !== "single") assert.deepEqual(toldOf(whole.arrays.get(array)), numbers, array);
  }
  assert.deepEqual(toldOf(arrayOf(whole.arrays, "@points:1")), [1, -4, null]);
  assert.equal(completed(unpack(bytesOf("elsewhere"))), null, "another stage was sent nothing");
  assert.deepEqual(completed(unpack(bytesOf("second"))).header.plot.data, [line, other], "and the first one keeps its own");
});

test("what is left out is less than the rest", () => {
  assert.ok(bytesOf("second").length < bytesOf("first").length / 2);
});

test("every reference of a race's figure is there, in light and dark", () => {
  const { header, arrays } = completed(unpack(bytesOf("race")));
  const missing = (value) => (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)
    ? Object.values(value).some(missing) : value === undefined);
  for (const theme of Object.values(header.themes)) {
    for (const part of [header.plot, header.arrangements, header.views, header.layers]) {
      assert.equal(missing(resolved(part, arrays, theme)), false);
    }
  }
});

test("a name that begins with @ is text where it is written twice", () => {
  assert.deepEqual(resolved(["@@who", "@theme/ink", "plain", 3], new Map(), { ink: "black" }), ["@who", "black", "plain", 3]);
});
