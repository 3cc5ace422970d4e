// @ts-check
// The stage: shows any optviz figure. Plotly draws what stands still (contour, pale paths, loss curves) and is updated in
// place; two canvases above it draw what moves (travelled paths; heads, comet tails and the play-head).
//
// This file only wires. State: state.js; only `dispatch` changes it. Sent: in `tell`, and what is dragged by live.js.
// Drawn: by picture.js (Plotly), by layers/ on the canvases, by chrome.js around the picture.

/** @import { Action, Component, State, StageRoot } from "./types.js" */

import { Agreement } from "./agreement.js";
import { CardPanel } from "./card.js";
import { updateChrome, updateHint, updatePlayButton } from "./chrome.js";
import { serverAnswered } from "./connection.js";
import { buildElements } from "./elements.js";
import { isPhone } from "./fitting.js";
import { Greeting } from "./greeting.js";
import { dismissHint } from "./hints.js";
import { zoomedInSight } from "./home.js";
import { Hover } from "./hover.js";
import { connectInputs, perform } from "./inputs.js";
import { Live } from "./live.js";
import { SaveMenu } from "./menu.js";
import { completed, sameBytes, toBytes, unpack } from "./message.js";
import { RateHandle } from "./rate.js";
import { Requests } from "./requests.js";
import { Saver } from "./save.js";
import { Screen } from "./screen.js";
import { Sight } from "./sight.js";
import { endIsHidden, initialState, isAtEnd, racerOf, racersOf, reduce } from "./state.js";
import { wantsNoMotion, watchSharpness, watchSystemTheme } from "./theme.js";
import { Guide } from "./tour.js";
import { Transport } from "./transport.js";

/**
 * Streamlit's component: called again for each message, and for another theme.
 * @param {Component} component
 * @returns {() => void} called when it leaves the page
 */
export default function stage({ parentElement, data, setTriggerValue }) {
  const shown = parentElement.optvizStage ?? new Stage(parentElement);
  shown.receive(toBytes(data), (asked) => setTriggerValue("asked", asked));
  // Streamlit also calls it for a message that a newer one has overtaken, while the component stays.
  return () => {
    if (!parentElement.isConnected) shown.stop();
  };
}

/**
 * For a page without a server: the same message, inlined.
 * @param {StageRoot} element
 * @param {Uint8Array} bytes
 */
export function show(element, bytes) {
  const shown = new Stage(element);
  shown.receive(bytes, null);
  return shown;
}

/** @type {number | null} of all stages that this page has had: who comes again to a race comes to its end */
let soughtBefore = null;

export class Stage {
  /** @param {StageRoot} root */
  constructor(root) {
    this.root = root;
    root.optvizStage = this;
    this.state = initialState(soughtBefore);
    const state = () => this.state;
    /** @param {Action} action */
    const dispatch = (action) => this.dispatch(action);
    this.requests = new Requests();
    this.live = new Live((live) => this.requests.follow(live));
    this.elements = buildElements(root, (what) => perform(this, what));
    this.hover = new Hover(this.elements.plot, (trace) => dispatch({ type: "light", index: racerOf(this.state, trace) }));
    /** @type {Screen} */
    this.screen = new Screen(root, this.elements, {
      state,
      recording: () => this.saver.recording,
      isDragging: () => this.live.inFlight !== null,
      painted: ({ live }) => this.live.answered(live),
      stepped: () => this.card.updateStep(),
      colored: (colors) => this.card.paint(colors),
      pointed: (trace) => this.hover.find(trace),
      turned: (camera) => this.dispatch({ type: "turn", camera }),
      flat: () => this.dispatch({ type: "flatten" }),
      drawn: () => {
        this.guide.begin();
        this.greeting.begin();
        this.sight.begin();
      },
    });
    this.picture = this.screen.picture;
    this.transport = new Transport(state, dispatch, () => this.guide.moveOn());
    this.guide = new Guide(state, dispatch, this.transport, (what, value) => this.requests.ask(what, value));
    this.greeting = new Greeting(state, dispatch, this.transport);
    this.sight = new Sight(this.elements.picture, state, dispatch, this.transport);
    /** @type {Saver} */
    this.saver = new Saver({
      state,
      dispatch,
      shot: () => this.screen.shot(),
      drawn: () => this.picture.upToDate(),
      rewind: () => this.transport.command("first"),
      play: () => this.transport.play(),
      say: (sentence = "") => { this.elements.sentence.textContent = sentence; },
    });
    this.menu = new SaveMenu(this.elements, (what) => this.saver.save(what));
    this.card = new CardPanel(this.elements, state, dispatch);
    this.rate = new RateHandle(this.elements.rate, {
      follow: (rate) => this.live.follow({ learning_rate: rate }),
      commit: (rate) => this.commit("learning_rate", rate),
    });
    this.agreement = new Agreement(() => this.state.message?.header.race, (race) => this.requests.ask("page", race));
    this.cleanups = [
      () => this.requests.stop(), () => this.saver.recording?.end(), () => this.transport.stop(), () => this.guide.wait(),
      () => this.greeting.stop(), () => this.sight.stop(),
      () => this.agreement.stop(), () => this.menu.stop(), () => this.card.stop(), () => this.picture.stop(),
      watchSystemTheme(() => this.picture.request()), watchSharpness(() => this.screen.measureAgain()), ...connectInputs(this),
    ];
    /** @type {Uint8Array | null} */
    this.received = null;
    /** @type {Map<string, string | null>} with which race what is open was asked for again */
    this.askedAgain = new Map();
    /** @type {number | null} null before the first message */
    this.replayed = null;
  }

  // --- what comes in ---

  /**
   * @param {Uint8Array} bytes
   * @param {((asked: object) => void) | null} send null: nobody answers
   */
  receive(bytes, send) {
    this.requests.send = send;
    serverAnswered();
    if (this.received && sameBytes(bytes, this.received)) return this.picture.updateTheme();
    const sent = unpack(bytes);
    this.requests.stage = sent.header.stage ?? null;
    this.requests.alone = sent.header["small"] === true;
    this.requests.heard(sent.header.heard);
    const message = completed(sent);
    this.received = message && bytes.slice();
    if (!message) return this.requests.ask("map", sent.header.map_key);
    const { sought } = this.state;
    this.dispatch({ type: "received", message });
    soughtBefore = this.state.sought ?? soughtBefore;
    if (message.header.seek?.plays && this.state.sought !== sought) this.playFromStart();
    this.askForWhatIsOpen();
    this.chooseTab();
    this.replay(message.header.replay);
    if (message.header.small) this.sight.receive(send !== null);
    else this.greeting.receive(send !== null);
    this.guide.update();
    this.agreement.compare();
  }

  // A server that has forgotten the visit sends what is open no more: it is asked for again, once with each race.
  askForWhatIsOpen() {
    const { card, code, message } = this.state;
    const open = [
      { what: "card", value: card, lacks: card !== null && !racersOf(this.state)[card]?.card },
      { what: "code", value: code, lacks: code && !message?.header.code },
    ];
    for (const { what, value, lacks } of open) {
      const race = message?.header.token ?? null;
      const isAsked = this.askedAgain.get(what) === race || this.requests.waiting.some((request) => request.what === what);
      if (!lacks) this.askedAgain.delete(what);
      else if (!isAsked) {
        this.askedAgain.set(what, race);
        this.requests.ask(what, value);
      }
    }
  }

  // On a phone the surface and its curves are two tabs, where the figure has an arrangement for each.
  chooseTab() {
    const hasTabs = isPhone() && this.state.message?.header.arrangements["alone curves"] !== undefined;
    this.dispatch({ type: "open_tab", tab: hasTabs ? this.state.tab ?? "surface" : null });
  }

  /**
   * Plays from the start what the visitor has asked for anew, once; not what was there when the stage came. A server that
   * has forgotten the visit counts from 0 again.
   * @param {number | undefined} asked how often so far
   */
  replay(asked = this.replayed ?? 0) {
    const isNew = this.replayed !== null && asked !== this.replayed && asked !== 0;
    this.replayed = asked;
    if (!isNew) return;
    const hidden = endIsHidden(this.state);
    if (hidden) this.comeIntoSight();
    // Under the veil its end is what was asked for.
    if (hidden || !wantsNoMotion()) this.playFromStart();
  }

  // Who wants no motion is shown the end.
  playFromStart() {
    if (wantsNoMotion()) return this.transport.command("last");
    this.transport.command("first");
    this.transport.play();
  }

  // Most of it may lie below the question that is read first, and there is another room for it now.
  comeIntoSight() {
    this.root.scrollIntoView({ block: "nearest" });
    this.picture.request();
    void this.picture.upToDate().then(() => this.root.scrollIntoView({ block: "nearest" }));
  }

  // What the button in the corner says: zoomed axes, or else the camera.
  goHome() {
    if (zoomedInSight(this.picture)) this.picture.goHome();
    else this.dispatch({ type: "turn", camera: null });
  }

  // --- what changes, and what follows from it ---

  /** @param {Action} action */
  dispatch(action) {
    const before = this.state;
    this.state = reduce(before, action);
    if (this.state === before) return;
    this.tell(before);
    this.update(before);
  }

  /**
   * What the visitor has changed is told to the server: it is part of the address.
   * @param {State} before
   */
  tell(before) {
    const { camera, card, code, chosen, hidden, message, playedRace, veiled } = this.state;
    // How one looks that stands in a text is nobody's address.
    if (message?.header.small) return;
    if (code !== before.code) this.requests.ask("code", code);
    // To put a card away the page needs nobody.
    if (card !== before.card && card === null) this.requests.mention("card", null);
    else if (card !== before.card) this.requests.ask("card", card);
    if (message !== before.message) return;
    const seen = chosen === before.chosen && hidden === before.hidden && veiled === before.veiled;
    if (!seen || camera !== before.camera) {
      this.requests.ask("view", { chosen, hidden, veiled, camera });
    } else if (playedRace !== before.playedRace) this.requests.ask("played", playedRace);
    if (hidden !== before.hidden) this.dismissHint("legend");
  }

  /**
   * On release the value is committed: only this one is in the address and in the history. Null: given up.
   * @param {string} name
   * @param {unknown} value
   */
  commit(name, value) {
    this.live.stop();
    this.requests.ask(value === null ? "let_go" : name, value);
  }

  /** @param {State} before */
  update(before) {
    const { state } = this;
    /** @param {(keyof State)[]} names */
    const changed = (...names) => names.some((name) => state[name] !== before[name]);
    if (changed("message", "chosen", "hidden", "veiled", "recording", "flat", "tab", "code")) this.updateChrome();
    else {
      if (changed("card")) this.card.update();
      if (changed("playing")) updatePlayButton(this.elements, state);
    }
    if (changed("card")) this.screen.paintCard();
    if (changed("playing", "hidden", "lit")) this.screen.forget();
    const shown = changed("message", "chosen", "hidden", "veiled", "playedRace", "recording", "camera", "flat", "tab");
    if (shown) this.screen.redraw();
    else this.screen.paint();
    // Whoever has seen the last step under the veil has seen the race.
    if (isAtEnd(state) && endIsHidden(state) && !state.recording && !state.held) this.dispatch({ type: "end_seen" });
  }

  updateChrome() {
    const { elements, state } = this;
    updateChrome(
      elements, state, (action) => this.dispatch(action), (index, takesFocus) => this.card.open(index, takesFocus),
    );
    this.menu.update(this.saver.offered());
    this.card.update();
    const { rates, text = {} } = state.message?.header ?? {};
    this.rate.update(rates, text, this.live.inFlight !== null);
    elements.body.dataset["recording"] = String(state.recording !== null);
  }

  /** @param {string | undefined} about */
  dismissHint(about) {
    const header = this.state.message?.header;
    if (!header?.hints || about === undefined) return;
    dismissHint(about);
    updateHint(this.elements, header);
  }

  stop() {
    for (const cleanup of this.cleanups) cleanup();
    delete this.root.optvizStage;
  }
}
