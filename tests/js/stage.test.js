// What a stage tells the server of what is open, and what it asks of one that has forgotten the visit.

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Requests } from "../../optviz/stage/js/requests.js";
import { Stage } from "../../optviz/stage/js/stage.js";
import { initialState } from "../../optviz/stage/js/state.js";

// What nobody hears would be sent again for ever.
beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

globalThis.window = { matchMedia: () => ({ matches: false }) };

function message({ token = "a", cards = [], code = null } = {}) {
  const racers = ["one", "other"].map((name, index) => ({ name, own: [], ...(cards.includes(index) && { card: {} }) }));
  return { arrays: new Map(), header: { token, code, choices: {}, views: {}, layers: [{ kind: "tracks", steps: 2, racers }] } };
}

/** A stage without a page; `sent` is what has gone to the server, in order. */
function stage() {
  const requests = new Requests();
  const sent = [];
  requests.send = (asked) => sent.push(asked.requests.map(({ what, value }) => [what, value]));
  const done = [];
  const made = Object.assign(Object.create(Stage.prototype), {
    state: { ...initialState(), message: message() }, requests, askedAgain: new Map(), replayed: null, update() {},
    transport: { command: (what) => done.push(what), play: () => done.push("play") },
  });
  const receive = (told) => {
    requests.waiting = []; // it has heard of all of them
    made.dispatch({ type: "received", message: message(told) });
    made.askForWhatIsOpen();
  };
  return { made, sent, done, receive };
}

for (const [what, open, there] of [
  ["card", { type: "open_card", index: 1 }, { cards: [1] }],
  ["code", { type: "show_code", shown: true }, { code: { told: "" } }],
]) {
  test(`what is open and comes no more is asked for again, once with each race: ${what}`, () => {
    const { made, sent, receive } = stage();
    const value = what === "card" ? 1 : true;
    made.dispatch(open);
    const counts = [there, {}, {}, { token: "b" }, { token: "b", ...there }, { token: "b" }].map((told) => {
      receive(told);
      return sent.length;
    });
    assert.deepEqual(counts, [1, 2, 2, 3, 3, 4]);
    assert.deepEqual(sent.at(-1), [[what, value]]);
  });

  test(`what was opened a moment ago is not asked for twice, nor what is closed: ${what}`, () => {
    const { made, sent, receive } = stage();
    receive({});
    made.dispatch(open);
    made.dispatch({ type: "received", message: message() }); // sent before the server has heard of it
    made.askForWhatIsOpen();
    assert.equal(sent.length, 1);
  });
}

test("a card is put away without a request of its own; the next one takes it along", () => {
  const { made, sent, receive } = stage();
  made.dispatch({ type: "open_card", index: 1 });
  receive({ cards: [1] });
  made.dispatch({ type: "open_card", index: null });
  assert.equal(sent.length, 1);
  made.requests.ask("start", [0, 1]);
  assert.deepEqual(sent.at(-1), [["card", null], ["start", [0, 1]]]);
});

test("a swarm plays when it is asked for anew, not because the server has forgotten how often it was", () => {
  const { made, done } = stage();
  const played = [0, 1, undefined, 2, 0, 0, 1].map((asked) => {
    done.length = 0;
    made.replay(asked);
    return done.includes("play");
  });
  assert.deepEqual(played, [false, true, false, true, false, false, true]);
});

test("a race that is to be watched plays from its start, or is at its end for whoever wants no motion", () => {
  const { made, done } = stage();
  made.playFromStart();
  assert.deepEqual(done.splice(0), ["first", "play"]);
  mock.method(globalThis.window, "matchMedia", () => ({ matches: true }));
  made.playFromStart();
  assert.deepEqual(done, ["last"]);
  mock.restoreAll();
});
