// Fetching plotly.js.

import assert from "node:assert/strict";
import { test } from "node:test";

import { loadPlotly, takePlotly } from "../../optviz/stage/js/plotly.js";

const scripts = [];
globalThis.window = {};
globalThis.document = {
  baseURI: "http://here/",
  createElement: () => ({ remove() { this.gone = true; } }),
  head: { appendChild: (script) => scripts.push(script) },
};

test("it is fetched once; what fails, or comes without a Plotly, is fetched anew by the next who asks", async () => {
  const [one, two] = [loadPlotly("plane", "plotly.js"), loadPlotly("plane", "plotly.js")];
  assert.deepEqual(scripts.map(({ src }) => src), ["http://here/plotly.js"]);
  scripts[0].onerror();
  await assert.rejects(one, /did not load/);
  await assert.rejects(two, /did not load/);
  const cut = loadPlotly("plane", "plotly.js");
  scripts[1].onload();
  await assert.rejects(cut, /did not load/);
  const found = loadPlotly("plane", "plotly.js");
  window.Plotly = {};
  scripts[2].onload();
  assert.equal(await found, window.Plotly);
  assert.equal(await loadPlotly("plane", "plotly.js"), window.Plotly);
  assert.deepEqual(scripts.map(({ gone }) => gone), [true, true, undefined]);
});

test("a second bundle is a Plotly of its own, and the first one stays where everybody looks for it", async () => {
  const plane = window.Plotly;
  const [one, two] = [loadPlotly("scene", "gl3d.js"), loadPlotly("scene", "gl3d.js")];
  assert.equal(scripts.length, 4);
  const scene = {};
  window.Plotly = scene;
  scripts[3].onload();
  assert.deepEqual([await one === scene, await two === scene, window.Plotly === plane], [true, true, true]);
  assert.equal(await loadPlotly("plane", "plotly.js"), plane);
});

test("what is inlined is taken the same way; a script that brings no Plotly changes nothing", async () => {
  const plane = window.Plotly;
  const inlined = {};
  takePlotly("scene", () => { window.Plotly = inlined; });
  assert.equal(await loadPlotly("scene", "gl3d.js"), inlined);
  takePlotly("scene", () => {});
  assert.equal(await loadPlotly("scene", "gl3d.js"), inlined);
  assert.equal(window.Plotly, plane);
  assert.equal(scripts.length, 4);
});

test("numbers in labels have a true minus sign", async () => {
  let component;
  takePlotly("scene", () => { window.Plotly = { register: (given) => { component = given; } }; });
  const layout = { _d3locale: { numberFormat: () => (value) => `${value}`, timeFormat: 1 } };
  component.supplyLayoutDefaults({}, layout);
  assert.deepEqual([layout._d3locale.numberFormat(".6g")(-0.5), layout._d3locale.timeFormat], ["−0.5", 1]);
  component.supplyLayoutDefaults({}, {});
});
