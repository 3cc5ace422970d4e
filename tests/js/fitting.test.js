// Where the legend stands, and that it comes to rest there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fitHeight, isPosed, placeLegend } from "../../optviz/stage/js/fitting.js";

const MARGIN = { l: 50, r: 10, t: 10, b: 40 };

/** A picture that is lower, with wider curves, where the legend is above it; the legend is as long as it is. */
function draw({ above, body }, words) {
  const height = body.dataset.legend === "over" ? 640 : 560;
  const wide = 1100 - MARGIN.l - MARGIN.r;
  const map = height - MARGIN.t - MARGIN.b;
  above.textContent = words;
  above.length = 60 * words.length;
  const layout = {
    width: 1100, height, margin: MARGIN, xaxis2: { domain: [(map + 76) / wide, 1], visible: true }, yaxis2: { domain: [0, 1] },
  };
  return placeLegend({ above, body }, layout, "wide");
}

function elements() {
  const above = {
    style: {}, length: 0, textContent: "",
    get offsetHeight() {
      const lines = Math.ceil(this.length / Number.parseFloat(this.style.width || "1100"));
      return 40 * lines;
    },
  };
  return { above, body: { dataset: { legend: "over" } } };
}

test("a legend comes to rest, whatever its length", () => {
  globalThis.window = { innerWidth: 1440, innerHeight: 900 };
  globalThis.document = { fullscreenElement: null };
  const places = new Set();
  for (let letters = 1; letters <= 80; letters += 1) {
    const made = elements();
    const words = "x".repeat(letters);
    let draws = 1;
    while (draw(made, words) && draws < 20) draws += 1;
    assert.ok(draws < 4, `${letters} letters: ${draws} draws`);
    places.add(made.body.dataset.legend);
    assert.equal(draw(made, words), false);
  }
  assert.deepEqual(places, new Set(["over", "above"]));
});

test("words that come above the picture of a question, or of its answer, make it lower; above any other they move nothing", () => {
  globalThis.window = { innerWidth: 1024, innerHeight: 768, screen: { height: 768 } };
  globalThis.document = { fullscreenElement: null };
  const heightBelow = (header, top) => {
    const picture = { clientWidth: 990, offsetTop: 0, style: {}, getBoundingClientRect: () => ({ bottom: 500 }) };
    const body = { dataset: { legend: "over" }, parentElement: null, getBoundingClientRect: () => ({ top: top.now, bottom: 560 }) };
    const made = { body, picture, sentence: {}, transport: {} };
    const fit = (before) => fitHeight(made, "wide", { message: { header }, tab: null }, before);
    const before = fit("");
    const first = picture.style.height;
    top.now += 60;
    fit(before);
    return Number.parseFloat(first) - Number.parseFloat(picture.style.height);
  };
  const asked = { present: true, played: false, tools: [] };
  const answered = { present: true, played: true, replay: 1, tools: ["inside"] };
  for (const posed of [asked, answered]) assert.equal(heightBelow(posed, { now: 150 }), 60);
  for (const other of [
    { ...asked, present: false }, { ...asked, replay: 1 }, { ...asked, tools: ["tour"] },
    { ...answered, present: false }, { ...answered, tools: ["tour", "inside"] }, { present: true },
  ]) {
    assert.equal(isPosed(other), false);
    assert.equal(heightBelow(other, { now: 150 }), 0);
  }
});
