// What is asked for is sent until the server has heard of it.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Requests, voice } from "../../optviz/stage/js/requests.js";

function channel() {
  const requests = new Requests();
  const sent = [];
  requests.send = (asked) => sent.push(structuredClone(asked));
  return { requests, sent, numbers: () => sent.map((asked) => asked.requests.map(({ number }) => number)) };
}

test("what waits goes along with the next one, and no more once it has been heard", () => {
  const { requests, numbers } = channel();
  requests.ask("start", [0, 1]);
  requests.ask("pin", true);
  requests.heard({ page: requests.page, number: 1 });
  requests.ask("pin", false);
  assert.deepEqual(numbers(), [[1], [1, 2], [2, 3]]);
  requests.heard({ page: "another page", number: 3 });
  assert.equal(requests.waiting.length, 2);
  requests.stop();
});

test("the same asked twice at once is asked once, but not where something lies between", () => {
  const { requests, numbers } = channel();
  for (const value of [true, true, false, true]) requests.ask("pin", value);
  assert.deepEqual(numbers(), [[1], [1, 2], [1, 2, 3]]);
  requests.stop();
});

test("what is given up again after something else was asked is given up", () => {
  const { requests, sent } = channel();
  requests.ask("let_go", null);
  requests.ask("start", [0, 1]);
  requests.ask("let_go", null);
  assert.deepEqual(sent.at(-1).requests.map(({ what }) => what), ["let_go", "start", "let_go"]);
  requests.stop();
});

test("what is not heard is sent again, ever more seldom, until it is", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { requests, sent } = channel();
  requests.ask("start", [0, 1]);
  const counts = [2999, 1, 5999, 1, 12_000, 12_000].map((wait) => {
    mock.timers.tick(wait);
    return sent.length;
  });
  assert.deepEqual(counts, [1, 2, 2, 3, 4, 5]);
  requests.heard({ page: requests.page, number: 1 });
  mock.timers.tick(60_000);
  assert.equal(sent.length, 5);
  mock.timers.reset();
});

test("where a place is that is dragged goes along until it is let go", () => {
  const { requests, sent } = channel();
  requests.follow({ start: [1, 2], number: 1 });
  requests.ask("pin", true);
  requests.follow(null);
  requests.ask("pin", false);
  assert.deepEqual(sent.map(({ live }) => live?.number), [1, 1, undefined]);
  requests.stop();
});

test("what changes more than the picture goes where the whole page is run, as long as that is there", () => {
  const { requests, sent } = channel();
  const said = [];
  const place = { isConnected: true };
  const link = { textContent: "Skip to main content" };
  globalThis.document = { documentElement: { lang: "en" }, querySelector: () => link };
  const data = { language: "zh", skip: "跳到主要内容" };
  const leave = voice({ parentElement: place, data, setTriggerValue: (name, value) => said.push([name, structuredClone(value)]) });
  assert.deepEqual([document.documentElement.lang, link.textContent], ["zh", data.skip]);
  requests.ask("pin", true); // of a stage that has no name: nobody would know whose request it is
  requests.heard({ page: requests.page, number: 1 });
  requests.stage = "stage";
  requests.ask("map", "hills");
  requests.follow({ start: [0, 1], number: 1 });
  assert.deepEqual([sent.length, said.length], [3, 0]);
  requests.ask("start", [0, 1]);
  const asked = { page: requests.page, requests: requests.waiting, live: { start: [0, 1], number: 1 } };
  assert.deepEqual(said, [["asked", { stage: "stage", asked }]]);
  leave(); // called for each new message, while the component stays
  requests.ask("pin", false);
  assert.deepEqual([sent.length, said.length], [3, 2]);
  place.isConnected = false;
  leave();
  requests.ask("pin", true);
  assert.deepEqual([sent.length, said.length], [4, 2]);
  requests.stop();
});

test("what is only mentioned goes along with the next request, or by itself a while later", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { requests, sent, numbers } = channel();
  requests.mention("card", null);
  mock.timers.tick(2999);
  assert.equal(sent.length, 0);
  requests.ask("pin", true);
  assert.deepEqual(sent.at(-1).requests.map(({ what }) => what), ["card", "pin"]);
  requests.heard({ page: requests.page, number: 2 });
  requests.mention("card", null);
  mock.timers.tick(3000);
  assert.deepEqual(numbers(), [[1, 2], [3]]);
  requests.stop();
  mock.timers.reset();
});

test("where nobody answers nothing is asked", () => {
  const requests = new Requests();
  requests.mention("card", null);
  requests.ask("start", [0, 1]);
  assert.equal(requests.waiting.length, 0);
});
