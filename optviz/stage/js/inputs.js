// @ts-check
// What hands do to a stage: pointer, keys, buttons, scrubber and speed, each connected to what it changes or asks for.

/** @import { Stage } from "./stage.js" */

import { fillSpeeds, toggleTools } from "./chrome.js";
import { part } from "./elements.js";
import { nextHint } from "./hints.js";
import { listenToKeys } from "./keyboard.js";
import { Pointer } from "./pointer.js";
import { stepAt, stepOf, tracksOf } from "./state.js";
import { headNear } from "./card.js";
import { toggleFullScreen } from "./lecture.js";

const ON_A_HEAD = { finger: 16, other: 9 }; // pixels from its middle
// What the page of the race has and a small stage in a text has not.
const ELSEWHERE = new Set(["save", "full", "code", "card", "more", "pin", "tour", "veil"]);

/**
 * @param {Stage} stage
 * @returns {(() => void)[]} cleanup functions
 */
export function connectInputs(stage) {
  const pointer = connectPointer(stage);
  return [() => pointer.stop(), connectHistory(stage, pointer), connectKeys(stage), connectControls(stage)];
}

/**
 * @param {Stage} stage
 * @param {string} what a button's `data-do`, or a key's
 */
export function perform(stage, what) {
  const { guide, menu, requests, state } = stage;
  const header = state.message?.header;
  if (!header || (header.small && ELSEWHERE.has(what))) return;
  switch (what) {
    case "save": return menu.open(!menu.isOpen);
    case "hint": return stage.dismissHint(nextHint(header.hints ?? [])?.about);
    case "home": return stage.goHome();
    case "full": return toggleFullScreen(stage.elements.body);
    case "code": return stage.dispatch({ type: "show_code", shown: !state.code });
    case "code_close": return closeCode(stage);
    case "card": return stage.card.toggle();
    case "look": return lookInside(stage);
    case "read": return requests.ask("read", state.card);
    case "card_close": return stage.card.open(null);
    case "card_before": return stage.card.move(-1);
    case "card_next": return stage.card.move(1);
    case "more": return toggleTools(stage.elements);
    case "pin": return requests.ask("pin", !header.pinned);
    case "tour": return requests.ask("tour", { do: header.tour ? "end" : "begin" });
    case "paths":
      return stage.dispatch({ type: "choose", group: "paths", name: state.chosen["paths"] === "whole" ? "travelled" : "whole" });
    case "veil":
      if (!state.veiled) guide.wait();
      return stage.dispatch({ type: "veil", veiled: !state.veiled });
  }
  stage.dismissHint("play");
  guide.wait();
  stage.transport.command(what);
}

/**
 * Another page shows one step of the racer that is pointed at, or whose card is open, or of the first in sight.
 * @param {Stage} stage
 */
function lookInside({ card, requests, state }) {
  if (!state.message?.header.tools?.includes("inside")) return;
  requests.ask("inside", { racer: state.card ?? card.meant(), at: stepOf(state) });
}

/** @param {Stage} stage */
function connectPointer(stage) {
  const { picture, live, requests } = stage;
  const pointer = new Pointer({
    plot: stage.elements.plot,
    pixelOf: (chart, point) => picture.pixelOf(chart, point),
    pointAt: (chart, place, held) => picture.pointAt(chart, place, held),
    chartAt: (place) => picture.chartAt(place),
    zoomed: () => picture.axes.zoomed(),
  }, {
    state: () => stage.state,
    dragged: (chart, point, { sends }) => {
      stage.dispatch({ type: "hold", held: { chart, point } });
      live.follow({ [sends]: point });
    },
    dropped: (point, { sends }) => {
      stage.dispatch({ type: "hold", held: null });
      stage.commit(sends, point);
      stage.dismissHint(sends);
    },
    clicked: (point, { sends }) => {
      stage.dismissHint(sends);
      requests.ask(sends, point);
    },
    pointedAt: (chart, [x]) => {
      if (chart !== "curves") return;
      stage.guide.wait();
      stage.dispatch({ type: "pause" });
      stage.dispatch({ type: "seek", step: stepAt(stage.state, x) });
    },
    clickedTwice: (chart) => picture.goHome(chart),
    taken: (event) => takenByCard(stage, event),
    hushed: (isHushed) => stage.hover.hush(isHushed),
  });
  return pointer;
}

/**
 * A click on a head opens its card; beside all of them it closes the one that is open. On the curves it leads to a step,
 * as the scrubber does, and the card that is open shows that one.
 * @param {Stage} stage
 * @param {PointerEvent} event
 */
export function takenByCard({ card, picture, state }, event) {
  if (picture.chartAt(event) !== "map") return false;
  const frame = picture.plot.getBoundingClientRect();
  const place = { left: event.clientX - frame.left, top: event.clientY - frame.top };
  const radius = event.pointerType === "touch" ? ON_A_HEAD.finger : ON_A_HEAD.other;
  const head = headNear(state, (point) => picture.pixelOf("map", point), place, radius);
  if (state.message?.header.small || (head === null && !card.isOpen)) return false;
  card.open(head, false);
  return true;
}

/**
 * Whoever goes back or forward while something is held gives it up: what is held belongs to the page that was left. Of
 * a navigation and a request right behind it Streamlit makes one run, which no longer says that it is a navigation: so
 * the server is told of it by a request as well.
 * @param {Stage} stage
 * @param {Pointer} pointer
 */
function connectHistory(stage, pointer) {
  const listening = new AbortController();
  window.addEventListener("popstate", () => {
    if (stage.live.inFlight === null && !stage.state.held && !stage.rate.held) return;
    pointer.giveUp();
    stage.rate.giveUp();
    stage.live.stop();
    stage.dispatch({ type: "hold", held: null });
    stage.requests.ask("address", location.search);
  }, { signal: listening.signal });
  return () => listening.abort();
}

/**
 * What had the focus in it gives it to the button that opened it.
 * @param {Stage} stage
 */
function closeCode(stage) {
  const { code, transport } = stage.elements;
  const within = code.contains(document.activeElement);
  stage.dispatch({ type: "show_code", shown: false });
  if (within) part(transport, "[data-do=code]").focus({ preventScroll: true });
}

/** @param {Stage} stage */
function connectKeys(stage) {
  const { body, scrubber } = stage.elements;
  return listenToKeys({
    body,
    scrubber,
    plays: () => tracksOf(stage.state) !== undefined,
    onlyFocused: () => stage.state.message?.header.small === true,
    command: (what) => perform(stage, what),
    // What is open is put away first; then the presentation ends.
    escape: () => {
      if (stage.menu.isOpen) stage.menu.open(false);
      else if (stage.state.code) closeCode(stage);
      else if (stage.card.isOpen) stage.card.open(null);
      else if (stage.state.message?.header.present) stage.requests.ask("present", false);
    },
  });
}

/** @param {Stage} stage */
function connectControls(stage) {
  const { scrubber, speedPicker } = stage.elements;
  const listening = new AbortController();
  window.addEventListener("resize", () => stage.chooseTab(), listening);
  document.addEventListener("fullscreenchange", () => stage.updateChrome(), listening);
  stage.elements.code.addEventListener("click", () => stage.dispatch({ type: "show_code", shown: false }), listening);
  fillSpeeds(speedPicker, stage.state.speed);
  scrubber.addEventListener("input", () => {
    const step = Number(scrubber.value);
    stage.guide.wait();
    stage.transport.pause();
    stage.dispatch({ type: "seek", step });
  }, listening);
  speedPicker.addEventListener("change", () => {
    stage.dispatch({ type: "set_speed", speed: Number(speedPicker.value) });
  }, listening);
  return () => listening.abort();
}
