// Fetching plotly.js.

import assert from "node:assert/strict";
import { test } from "node:test";

import { loadPlotly } from "../../optviz/stage/js/plotly.js";

const scripts = [];
globalThis.window = {};
globalThis.document = {
  baseURI: "http://here/",
  createElement: () => ({ remove() { this.gone = true; } }),
  head: { appendChild: (script) => scripts.push(script) },
};

test("it is fetched once; what fails, or comes without a Plotly, is fetched anew by the next who asks", async () => {
  const [one, two] = [loadPlotly("plotly.js"), loadPlotly("plotly.js")];
  assert.deepEqual(scripts.map(({ src }) => src), ["http://here/plotly.js"]);
  scripts[0].onerror();
  await assert.rejects(one, /did not load/);
  await assert.rejects(two, /did not load/);
  const cut = loadPlotly("plotly.js");
  scripts[1].onload();
  await assert.rejects(cut, /did not load/);
  const found = loadPlotly("plotly.js");
  window.Plotly = {};
  scripts[2].onload();
  assert.equal(await found, window.Plotly);
  assert.equal(await loadPlotly("plotly.js"), window.Plotly);
  assert.deepEqual(scripts.map(({ gone }) => gone), [true, true, undefined]);
});
