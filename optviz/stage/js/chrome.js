// @ts-check
// Everything around the picture: words, buttons, legend, views. It shows the state and holds none of its own.

/** @import { Dispatch, Elements, Header, State, Words } from "./types.js" */
/** @import { OpenCard } from "./legend.js" */

import { watchConnection } from "./connection.js";
import { buttonsOf, icon, label, part, sync } from "./elements.js";
import { nextHint } from "./hints.js";
import { updateLecture } from "./lecture.js";
import { updateLegend } from "./legend.js";
import { counted, courseOf, happened, put, soFar, standings } from "./sentences.js";
import { arrayOf } from "./message.js";
import { isInDepth, racersOf, sceneIsShown, sceneOf, shownViews, stepOf, stepsOf, tracksOf, wantedViews } from "./state.js";
import { isCoarse } from "./theme.js";
import { SPEEDS } from "./transport.js";

const CURVES = "curves";

/**
 * Words, buttons, legend and views.
 * @param {Elements} elements
 * @param {State} state
 * @param {Dispatch} dispatch
 * @param {OpenCard} openCard
 */
export function updateChrome(elements, state, dispatch, openCard) {
  const header = state.message?.header;
  if (!header) return;
  const { text } = header;
  updateWords(elements, header);
  updatePlayButton(elements, state);
  updateTools(elements, state, header);
  updateLecture(elements, state);
  updateHint(elements, header);
  updateViews(elements, state, text, dispatch);
  elements.notice.textContent = isInDepth(state) && state.flat ? text["flat"] ?? "" : "";
  updateLegend(elements.legend, state, dispatch, openCard);
  elements.transport.hidden = !tracksOf(state);
  if (!tracksOf(state)) describe(elements.plot, text["stage"] ?? "");
  elements.scrubber.max = String(stepsOf(state));
  // As wide as it will ever be for this race.
  elements.readout.style.minWidth = `${2 * elements.scrubber.max.length + 3}ch`;
}

/**
 * A picture for readers of the screen, from the first that can be said of it.
 * @param {HTMLElement} plot
 * @param {string} told
 */
function describe(plot, told) {
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", told);
}

/**
 * @param {Elements} elements
 * @param {Header} header
 */
function updateWords({ body, legend, scrubber, speedPicker }, { text }) {
  body.setAttribute("aria-label", text["stage"] ?? "");
  for (const button of buttonsOf(body)) label(button, text[button.dataset["do"] ?? ""]);
  legend.setAttribute("aria-label", text["legend"] ?? "");
  scrubber.setAttribute("aria-label", text["scrubber"] ?? "");
  speedPicker.setAttribute("aria-label", text["speed"] ?? "");
  speedPicker.title = text["speed"] ?? "";
  watchConnection(text["lost"] ?? "");
}

/**
 * @param {HTMLSelectElement} picker
 * @param {number} speed
 */
export function fillSpeeds(picker, speed) {
  for (const choice of SPEEDS) picker.add(new Option(`${choice}×`, String(choice), false, choice === speed));
}

/**
 * @param {Elements} elements
 * @param {State} state
 */
export function updatePlayButton({ body }, { message, playing }) {
  const button = part(body, "[data-do=play]");
  button.innerHTML = icon(playing ? "pause" : "play");
  label(button, message?.header.text[playing ? "pause" : "play"]);
  body.dataset["playing"] = String(playing);
}

/**
 * What the page around the stage offers: each of its tools has a button, and none has one where there is no page.
 * @param {Elements} elements
 * @param {State} state
 * @param {Header} header
 */
function updateTools({ body, transport }, { chosen, tab, veiled }, { text, tools = [], tour, pinned, present, small }) {
  /** @param {string} name */
  const button = (name) => part(transport, `[data-do=${name}]`);
  for (const name of ["tour", "pin"]) button(name).hidden = !tools.includes(name);
  button("pin").setAttribute("aria-pressed", String(Boolean(pinned)));
  button("tour").setAttribute("aria-pressed", String(Boolean(tour)));
  button("veil").setAttribute("aria-pressed", String(veiled));
  button("paths").setAttribute("aria-pressed", String(chosen["paths"] === "whole"));
  button("paths").hidden = chosen["paths"] === undefined;
  part(button("pin"), "span").textContent = text["pin_short"] ?? "";
  const told = tour ? put(counted(text, "tour_count", tour.visited), { count: tour.visited }) : text["tour_short"];
  part(button("tour"), "span").textContent = told ?? "";
  part(button("tour"), "b").textContent = tour ? put(text["tour_badge"], { count: tour.visited }) : "";
  label(button("veil"), text[veiled ? "unveil" : "veil"]);
  label(button("pin"), text[pinned ? "unpin" : "pin"]);
  label(button("tour"), text[tour ? "tour_end" : "tour"]);
  body.dataset["present"] = String(Boolean(present));
  body.dataset["small"] = String(Boolean(small));
  body.dataset["tab"] = tab ?? "";
  body.dataset["touring"] = String(Boolean(tour));
}

/**
 * On a phone what is rarely needed is folded away until it is asked for.
 * @param {Elements} elements
 */
export function toggleTools({ body, transport }) {
  const open = body.dataset["more"] !== "true";
  body.dataset["more"] = String(open);
  part(transport, "[data-do=more]").setAttribute("aria-expanded", String(open));
}

/**
 * @param {Elements} elements
 * @param {Header} header
 */
export function updateHint({ hint }, { hints = [], present }) {
  const next = present ? null : nextHint(hints);
  hint.hidden = !next;
  if (next) part(hint, "span").textContent = (isCoarse() && next.on_touch) || next.text;
}

/**
 * Above the picture stands what chooses the picture, in the bar below what chooses the axes of the loss chart.
 * @param {Elements} elements
 * @param {State} state
 * @param {Words} text
 * @param {Dispatch} dispatch
 */
function updateViews({ choices, views }, state, text, dispatch) {
  const scene = sceneOf(state);
  // Whether whole paths are seen has a button of its own, beside the veil.
  const groups = Object.entries(state.message?.header.choices ?? {})
    .filter(([group, names]) => names.length > 1 && group !== "paths");
  /** @param {string} group */
  const ofScene = (group) => group === scene?.group || scene?.choices.includes(group);
  const offered = groups.filter(([group]) => sceneIsShown(state) || !scene?.choices.includes(group));
  updateGroups(choices, offered.filter(([group]) => !ofScene(group)), wantedViews(state), text, dispatch);
  const shown = { ...wantedViews(state), ...(state.tab === CURVES && scene && { [scene.group]: CURVES }) };
  const seen = offered.filter(([group]) => ofScene(group)).map(([group, names]) => withTab(state, group, names));
  updateGroups(views, seen, shown, text, dispatch);
}

/**
 * On a phone the curves are the last of what can be looked at.
 * @param {State} state
 * @param {string} group
 * @param {string[]} names
 * @returns {[string, string[]]}
 */
function withTab(state, group, names) {
  return [group, state.tab && group === sceneOf(state)?.group ? [...names, CURVES] : names];
}

/**
 * @param {HTMLElement} place
 * @param {[string, string[]][]} groups
 * @param {Record<string, string>} chosen
 * @param {Words} text
 * @param {Dispatch} dispatch
 */
function updateGroups(place, groups, chosen, text, dispatch) {
  const makeBox = () => {
    const box = document.createElement("div");
    box.className = "optviz-views";
    box.setAttribute("role", "group");
    return box;
  };
  const makeButton = () => {
    const button = document.createElement("button");
    button.type = "button";
    button.addEventListener("click", () => {
      const { group = "", name = "", tab } = button.dataset;
      if (tab) dispatch({ type: "open_tab", tab: name === CURVES ? CURVES : "surface" });
      if (name !== CURVES) dispatch({ type: "choose", group, name });
    });
    return button;
  };
  sync(place, groups, makeBox, (box, [group, names]) => {
    box.setAttribute("aria-label", text[`choose_${group}`] ?? "");
    sync(box, names, makeButton, (button, name) => {
      Object.assign(button.dataset, { group, name });
      if (names.includes(CURVES)) button.dataset["tab"] = "yes";
      else delete button.dataset["tab"];
      button.textContent = text[`view_${name}`] ?? "";
      button.title = text[`view_${name}_help`] ?? "";
      button.setAttribute("aria-pressed", String(name === chosen[group]));
    });
  });
}

/**
 * Where the race is: scrubber, count, and the sentence below.
 * @param {Elements} elements
 * @param {State} state
 */
export function updateStep({ plot, readout, scrubber, sentence }, state) {
  const { message, playing, recording } = state;
  if (!message || !tracksOf(state)) return;
  const [step, steps] = [stepOf(state), stepsOf(state)];
  scrubber.value = String(step);
  scrubber.style.setProperty("--done", `${(100 * step) / steps}%`);
  readout.textContent = `${step} / ${steps}`;
  scrubber.setAttribute("aria-valuetext", `${step} / ${steps}`);
  const said = sentenceOf(state);
  // What reads the screen aloud hears of every change, even to the same words.
  if (!recording && sentence.textContent !== said) sentence.textContent = said;
  if (!playing) describe(plot, standings(message.header.text, shownOf(state), step, steps, shownViews(state)));
}

/**
 * The sentence below the picture: while the race plays, of its last event, else of the step.
 * @param {State} state
 */
export function sentenceOf(state) {
  const [layer, message] = [tracksOf(state), state.message];
  if (!layer || !message) return "";
  const [step, steps, course] = [stepOf(state), stepsOf(state), courseOf(layer, message.arrays)];
  const { text } = message.header;
  // A video begins before it plays, and asks nobody to press play.
  const shown = shownOf(state);
  const isUnderWay = state.playing || state.recording;
  const told = isUnderWay ? soFar(text, shown, course, step, steps) : happened(text, shown, step, steps, course);
  const { tour } = message.header;
  return tour ? put(text["tour_says"], { seed: String(tour.seed), told }) : told;
}

/**
 * The racers that are not hidden, as sentences need them.
 * @param {State} state
 */
function shownOf(state) {
  const { arrays = new Map() } = state.message ?? {};
  return racersOf(state).map(({ name, loss, standing, overshoot }, place) => ({
    name, overshoot, place, losses: arrayOf(arrays, loss), standing: arrayOf(arrays, standing),
  })).filter(({ place }) => !state.hidden.includes(place));
}
