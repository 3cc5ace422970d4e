// @ts-check
// The state of a stage, and the only place where it changes: state and action go in, another state comes out. What a
// change is to show or to send follows from comparing the two: see stage.js.

/** @import { Action, Camera, Header, Message, Moment, Racer, SceneLayer, State, TracksLayer } from "./types.js" */

import { sameCamera } from "./camera.js";
import { arrayOf } from "./message.js";

const ROUNDING = 1e-6; // of a step: less than playing adds in a frame

/**
 * @param {number | null} sought the last step that was asked for, by its number, and has been shown
 * @returns {State}
 */
export function initialState(sought = null) {
  return {
    message: null,
    position: null,
    playing: false,
    speed: 1,
    chosen: {},
    meanwhile: {},
    hidden: [],
    lit: null,
    code: false,
    tab: null,
    card: null,
    veiled: false,
    camera: null,
    flat: false,
    viewStamp: null,
    sought,
    shownRace: null,
    playedRace: null,
    held: null,
    recording: null,
  };
}

/**
 * @param {State} state
 * @param {Action} action
 * @returns {State}
 */
export function reduce(state, action) {
  switch (action.type) {
    case "received": return received(state, action.message);
    case "seek": return { ...state, position: Math.max(0, Math.min(stepsOf(state), action.step)) };
    case "play": return { ...state, playing: true, position: isAtEnd(state) ? 0 : state.position };
    case "pause": return state.playing ? { ...state, playing: false, position: stepOf(state) } : state;
    case "advance": return advanced(state, action.steps);
    case "set_speed": return { ...state, speed: action.speed };
    case "light": return state.lit === action.index || state.held ? state : { ...state, lit: action.index };
    case "show_code": return state.code === action.shown ? state : { ...state, code: action.shown };
    case "open_tab": return state.tab === action.tab ? state : { ...state, tab: action.tab };
    case "open_card": return state.card === action.index ? state : { ...state, card: action.index };
    case "only": return { ...state, hidden: allBut(state, action.index) };
    case "toggle": return { ...state, hidden: toggled(state.hidden, action.index) };
    case "choose": return chose(state, action.group, action.name);
    case "turn": return seenFrom(state, action.camera);
    case "flatten": return { ...state, flat: true };
    // With the future hidden a class can guess who will be first; then the race is played.
    case "veil": return { ...state, veiled: action.veiled, playedRace: null, position: action.veiled ? 0 : state.position };
    case "end_seen": return { ...state, playedRace: raceOf(state) };
    // Whoever holds a handle points at nobody.
    case "hold": return { ...state, held: action.held, lit: action.held ? null : state.lit };
    case "record": return { ...state, recording: action.recording };
  }
}

/**
 * @param {State} state
 * @param {Message} message
 * @returns {State}
 */
function received(state, message) {
  const { header } = message;
  /** @type {State} */
  const next = { ...withView(state, header), message };
  const steps = stepsOf(next);
  // Who has seen a race to its end sees the next one at its end as well.
  if (isAtEnd(state) && !next.playing && next.position === state.position) next.position = steps;
  // A step that is asked for anew, for instance by who comes back from looking into it.
  if (header.seek && header.seek.number !== state.sought) Object.assign(next, { position: header.seek.step, playing: false });
  // Of a race whose first steps come first it has not been shown as long as it lies beyond them.
  if (header.seek && header.seek.step <= steps) next.sought = header.seek.number;
  next.position = Math.min(next.position ?? steps, steps);
  const race = raceOf(next);
  // Who loads the page again has seen it before: nothing is left to be played.
  if (header.played && !header.replay && endIsHidden(next) && !next.playing) next.position = steps;
  if (header.played) next.playedRace = race;
  // Of a race that comes under the veil nothing has been seen but the start.
  if (endIsHidden(next) && !next.playing && race !== state.shownRace) next.position = 0;
  next.shownRace = race;
  next.chosen = Object.fromEntries(Object.entries(header.choices).map(([group, names]) => {
    const chosen = next.chosen[group];
    return [group, chosen !== undefined && names.includes(chosen) ? chosen : names[0] ?? ""];
  }));
  if (next.lit !== null && next.lit >= racersOf(next).length) next.lit = null;
  next.card = placeOfCard(state, next);
  return next;
}

/**
 * Where the racer is now whose card is open: by its name, as others may have come and gone; where it has another name, in
 * its place.
 * @param {State} before
 * @param {State} next
 */
function placeOfCard(before, next) {
  if (before.card === null) return null;
  const [were, are] = [racersOf(before), racersOf(next)];
  const place = are.findIndex(({ name }) => name === were[before.card ?? 0]?.name);
  if (place >= 0) return place;
  return were.length === are.length ? before.card : null;
}

/**
 * With what the server says is chosen and hidden, where it says so anew.
 * @param {State} state
 * @param {Header} header
 * @returns {State}
 */
function withView(state, { view }) {
  if (!view || view.stamp === state.viewStamp) return state;
  const veiled = Boolean(view.veiled);
  /** @type {State} */
  const next = {
    ...state, viewStamp: view.stamp, chosen: { ...view.chosen }, hidden: [...view.hidden], veiled, camera: view.camera ?? null,
  };
  // A veil that comes with going back hides what was seen without it.
  return veiled && !state.veiled ? { ...next, playedRace: null, position: 0 } : next;
}

/**
 * What concerns a 3-D chart alone is how it looks: each look has a camera of its own.
 * @param {State} state
 * @param {string} group
 * @param {string} name
 * @returns {State}
 */
function chose(state, group, name) {
  const camera = sceneOf(state)?.choices.includes(group) ? null : state.camera;
  const meanwhile = { ...state.meanwhile, [group]: shownViews(state)[group] ?? "" };
  return { ...state, camera, meanwhile, chosen: { ...state.chosen, [group]: name } };
}

/**
 * @param {State} state
 * @param {number} by
 * @returns {State}
 */
function advanced(state, by) {
  const position = Math.min(stepsOf(state), (state.position ?? 0) + by);
  return position < stepsOf(state) ? { ...state, position } : { ...state, position, playing: false };
}

/**
 * @param {number[]} hidden
 * @param {number} index
 */
function toggled(hidden, index) {
  return hidden.includes(index) ? hidden.filter((other) => other !== index) : [...hidden, index].sort((a, b) => a - b);
}

/**
 * All racers but one; none where that one is alone already.
 * @param {State} state
 * @param {number} index
 */
function allBut(state, index) {
  const others = racersOf(state).map((_, other) => other).filter((other) => other !== index);
  return others.every((other) => state.hidden.includes(other)) && !state.hidden.includes(index) ? [] : others;
}

/**
 * Seen from elsewhere; where its home is, it is at home.
 * @param {State} state
 * @param {Camera | null} wanted
 */
function seenFrom(state, wanted) {
  const camera = sameCamera(wanted, cameraIn({ ...state, camera: null })) ? null : wanted;
  return sameCamera(camera, state.camera) ? state : { ...state, camera };
}

// --- what follows from the state ---

/**
 * The views that are chosen of the 3-D chart: what chooses axes of the loss chart draws nothing of it anew.
 * @param {State} state
 */
export function looksOf(state) {
  return sceneOf(state)?.choices.map((group) => shownViews(state)[group]) ?? [];
}

/**
 * The racer that is pointed at, where it can be seen.
 * @param {State} state
 */
export function litOf({ hidden, lit }) {
  return lit !== null && hidden.includes(lit) ? null : lit;
}

/**
 * The racer that a trace of the figure belongs to.
 * @param {State} state
 * @param {number | null} trace
 */
export function racerOf(state, trace) {
  const index = trace === null ? -1 : racersOf(state).findIndex(({ own }) => own.includes(trace));
  return index < 0 ? null : index;
}

/**
 * The step that is nearest to a place on the axis of the curves.
 * @param {State} state
 * @param {number} x
 */
export function stepAt(state, x) {
  const [first] = racersOf(state).filter((_, index) => !state.hidden.includes(index));
  if (!state.message || !first) return Math.round(x);
  const along = arrayOf(state.message.arrays, shownViews(state)["by"] === "epoch" ? first.epoch : first.step);
  let nearest = 0;
  along.forEach((place, step) => {
    if (Math.abs(place - x) < Math.abs((along[nearest] ?? NaN) - x)) nearest = step;
  });
  return nearest;
}

/**
 * The layer that plays, if the figure has one.
 * @param {State} state
 * @returns {TracksLayer | undefined}
 */
export function tracksOf(state) {
  return state.message?.header.layers.find((layer) => layer.kind === "tracks");
}

/**
 * The 3-D chart, if the figure has one.
 * @param {State} state
 * @returns {SceneLayer | undefined}
 */
export function sceneOf(state) {
  return state.message?.header.layers.find((layer) => layer.kind === "scene");
}

/**
 * What is said of the swarms that are shown, unless nobody may know yet how they end.
 * @param {State} state
 * @returns {string[]}
 */
export function swarmTold(state) {
  const layers = state.message?.header.layers ?? [];
  return endIsHidden(state) ? [] : layers.flatMap((layer) => (
    layer.kind === "swarm" && layer.told && !state.hidden.includes(layer.racer) ? [layer.told] : []));
}

/**
 * The views that are offered as the chosen ones: nothing in 3-D where the browser cannot draw it.
 * @param {State} state
 */
export function wantedViews(state) {
  const scene = state.flat ? sceneOf(state) : undefined;
  return scene && isInDepth(state) ? { ...state.chosen, [scene.group]: scene.instead } : state.chosen;
}

/**
 * The views that are shown: those that are wanted, or what was shown before until the numbers of one have come.
 * @param {State} state
 */
export function shownViews(state) {
  const wanted = wantedViews(state);
  const { choices = {}, views = {} } = state.message?.header ?? {};
  const lacking = Object.keys(wanted).filter((group) => choices[group] && !views[wanted[group] ?? ""]);
  if (lacking.length === 0) return wanted;
  const before = lacking.map((group) => {
    const name = state.meanwhile[group];
    return [group, name && views[name] ? name : choices[group]?.[0] ?? ""];
  });
  return { ...wanted, ...Object.fromEntries(before) };
}

/**
 * Whether the chosen view asks for the 3-D chart.
 * @param {State} state
 */
export function isInDepth(state) {
  const scene = sceneOf(state);
  return scene !== undefined && scene.shown.includes(state.chosen[scene.group] ?? "");
}

/**
 * Whether it is shown.
 * @param {State} state
 */
export function sceneIsShown(state) {
  return isInDepth(state) && !state.flat && state.tab !== "curves";
}

/**
 * From where it is seen.
 * @param {State} state
 * @returns {Camera}
 */
export function cameraIn(state) {
  const looks = Object.values(state.chosen).map((name) => state.message?.header.views[name]?.scene?.home);
  return state.camera ?? looks.find((home) => home !== undefined) ?? sceneOf(state)?.home ?? [];
}

/**
 * @param {State} state
 * @returns {Racer[]}
 */
export function racersOf(state) {
  return tracksOf(state)?.racers ?? [];
}

/** @param {State} state */
export function stepsOf(state) {
  return tracksOf(state)?.steps ?? 0;
}

/**
 * The last step that has been reached.
 * @param {State} state
 */
export function stepOf(state) {
  return Math.floor((state.position ?? 0) + ROUNDING);
}

/**
 * Where one step back leads from here: to the beginning of a step that has begun.
 * @param {State} state
 */
export function stepBefore(state) {
  return Math.ceil((state.position ?? 0) - ROUNDING) - 1;
}

/** @param {State} state */
export function isAtEnd(state) {
  return state.position === null || state.position >= stepsOf(state);
}

/**
 * The race that is shown; while something is dragged it is another one than the address says.
 * @param {State} state
 */
export function raceOf(state) {
  const header = state.message?.header;
  return header?.shown ?? header?.token ?? null;
}

/**
 * Whoever has seen the last step under the veil has seen the race: nothing of it is hidden any more.
 * @param {State} state
 */
export function endIsHidden(state) {
  return state.veiled && tracksOf(state) !== undefined && state.playedRace !== raceOf(state);
}

/**
 * Whether the pale full paths are left out: a tour and a video show how they grow.
 * @param {State} state
 */
export function futureIsHidden(state) {
  return endIsHidden(state) || Boolean(state.message?.header.tour) || state.recording !== null;
}

/**
 * The moment that is painted.
 * @param {State} state
 * @returns {Moment}
 */
export function momentOf(state) {
  const isHidden = futureIsHidden(state);
  return {
    position: Math.min(state.position ?? 0, stepsOf(state)), playing: state.playing, hidden: state.hidden, lit: litOf(state),
    futureIsHidden: isHidden, pathsAreHidden: isHidden || shownViews(state)["paths"] === "travelled",
  };
}
