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
const told = (visit) => {
  const said = [];
  keepAsking({ data: { visit }, setTriggerValue: (name, value) => said.push([name, value]) });
  return said;
};

test("a visit that waited is told to the one after it, once", () => {
  globalThis.sessionStorage = storage();
  assert.deepEqual(told(null), []);
  assert.deepEqual(told("one"), []);
  assert.deepEqual(told(null), [["kept", "one"]]);
  assert.deepEqual(told(null), []);
});

test("the visit that follows is kept in its place", () => {
  globalThis.sessionStorage = storage();
  told("one");
  told(null);
  assert.deepEqual(told("two"), []);
  assert.deepEqual(told(null), [["kept", "two"]]);
});

test("a browser that keeps nothing says nothing", () => {
  const refuse = () => { throw new Error("not allowed"); };
  globalThis.sessionStorage = { getItem: refuse, setItem: refuse, removeItem: refuse };
  assert.deepEqual(told("one"), []);
  assert.deepEqual(told(null), []);
});
