// What a visit waits for, in the tab of the browser that it was asked in.

import assert from "node:assert/strict";
import { test } from "node:test";

import keepAsking from "../../optviz/ui/asks.js";

const storage = () => {
  const kept = new Map();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => kept.set(name, text),
    removeItem: (name) => kept.delete(name),
  };
};
const told = (visit, heard) => {
  const said = [];
  keepAsking({ data: { visit, heard }, setTriggerValue: (name, value) => said.push([name, value]) });
  return said;
};

test("who comes is told of the visit that waited, or that none did, until it has heard", () => {
  globalThis.sessionStorage = storage();
  assert.deepEqual(told(null, false), [["kept", "nobody"]]);
  assert.deepEqual(told("one", true), []);
  assert.deepEqual(told(null, false), [["kept", "one"]]);
  // It was loaded again before it had heard.
  assert.deepEqual(told(null, false), [["kept", "one"]]);
  assert.deepEqual(told(null, true), []);
  assert.deepEqual(told(null, false), [["kept", "nobody"]]);
});

test("the visit that follows is kept in its place", () => {
  globalThis.sessionStorage = storage();
  told("one", true);
  told(null, false);
  assert.deepEqual(told("two", true), []);
  assert.deepEqual(told(null, false), [["kept", "two"]]);
});

test("of a browser that keeps nothing nobody has waited", () => {
  const refuse = () => { throw new Error("not allowed"); };
  globalThis.sessionStorage = { getItem: refuse, setItem: refuse, removeItem: refuse };
  assert.deepEqual(told("one", true), []);
  assert.deepEqual(told(null, false), [["kept", "nobody"]]);
});
