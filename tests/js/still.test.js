// The words around a picture: how they are broken into lines, and that a video's sentence stays in its room.

import assert from "node:assert/strict";
import { test } from "node:test";

import { printed } from "../../optviz/stage/js/still.js";

// Half of its size wide is each letter, and a Chinese character as wide as high.
const context = {
  font: "",
  measureText(text) {
    const size = Number(/([0-9.]+)px/.exec(this.font)[1]);
    return { width: [...text].reduce((sum, letter) => sum + (/[\u3000-\u9fff\uff00-\uffef]/.test(letter) ? size : size / 2), 0) };
  },
};
globalThis.document = { createElement: () => ({ getContext: () => context }) };

const SHOT = { fontFamily: "sans" };
const PRINT = { size: 10, weight: 400, line: 14, around: 8, fill: "ink" };
const ROOM = 10 * 10 + 28; // ten characters between the edges
const lines = (text, width = ROOM) => printed(SHOT, text, PRINT, width, 0).lines.map((line) => line.text);

for (const sign of "，。；：、？！）》”’…") {
  test(`no line begins with ${sign}`, () => {
    const broken = lines(`一二三四五六七八九十${sign}一二三`);
    assert.deepEqual(broken, ["一二三四五六七八九", `十${sign}一二三`]);
  });
}

test("words stay whole, and a Chinese line is broken anywhere else", () => {
  assert.deepEqual(lines("twelve letters and more"), ["twelve letters and", "more"]);
  assert.deepEqual(lines("一二三四五六七八九十一二"), ["一二三四五六七八九十", "一二"]);
});

test("what is longer than its room is set in smaller letters, and stays inside", () => {
  const said = { ...PRINT, size: 15, line: 21 };
  for (const [words, size, cut] of [[8, 15, false], [12, 10, false], [99, 9, true]]) {
    const { lines: found } = printed(SHOT, "word ".repeat(words), said, 178, 100, 2);
    const { middle, print, text } = found.at(-1);
    assert.ok(middle + print.line / 2 <= 100 + said.around / 2 + 2 * said.line, `${words} words`);
    assert.equal(print.size, size);
    assert.equal(text.endsWith("…"), cut);
    assert.equal(printed(SHOT, "word ".repeat(words), said, 178, 100).lines[0].print.size, 15, "there is room for all");
  }
});
