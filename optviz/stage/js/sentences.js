// @ts-check
// What the picture shows, in words. Who leads, is level or climbs is the core's to say (`optviz.statistics.standing`),
// and what is worth saying while the race runs, and when it is over (`optviz.statistics.events`).

/** @import { Arrays, Numbers, TracksLayer, Words } from "./types.js" */

/**
 * @typedef {object} Told a racer that is shown
 * @property {string} name
 * @property {ArrayLike<number>} losses by step
 * @property {ArrayLike<number>} standing by step
 * @property {string} overshoot
 * @property {number} [place] in the race, the hidden ones counted
 */
/** @typedef {ReturnType<typeof read>} Standing */
/** @typedef {ReturnType<typeof courseOf>} Course */
/** @typedef {{ step: number, kind: number, since: number, valley: number, places: number[] }} Event */

// The kinds of events, in the order of `optviz.statistics.events.Kind`.
const [DIVERGED, LEFT, ARRIVED, OVERSHOT, LEAD] = [0, 1, 2, 3, 4];

const NAMES_TOLD = 4;

/**
 * What the core has found out about a race: see optviz/figures/told.py.
 * @param {TracksLayer} layer
 * @param {Arrays} arrays
 */
export function courseOf(layer, arrays) {
  /** @param {string} reference */
  const rows = (reference) => /** @type {Numbers[]} */ (arrays.get(reference.slice(1)) ?? []).map((row) => Array.from(row));
  /** @type {Event[]} */
  const events = [];
  for (const [which = 0, step = 0, kind = 0, since = 0, place = 0, valley = -1] of rows(layer.events)) {
    (events[which] ??= { step, kind, since, valley, places: [] }).places.push(place);
  }
  return {
    events,
    arrivals: rows(layer.arrivals).map(([step = -1, valley = -1, passed = 0]) => ({ step, valley, passed: passed > 0 })),
    valleys: rows(layer.valleys).map(([loss = NaN, away = NaN, places = 1]) => ({ loss, away, places })),
    moves: arrays.has("drift"),
  };
}

/**
 * What is said while the race plays: of the last event, and of the whole at its end.
 * @param {Words} text
 * @param {Told[]} racers
 * @param {Course} course
 * @param {number} step
 * @param {number} steps
 */
export function soFar(text, racers, course, step, steps) {
  if (step === steps || (step === 0 && !hasStart(racers))) return happened(text, racers, step, steps, course);
  const last = course.events.filter((event) => event.step <= step && concerns(event, racers)).at(-1);
  return last ? toldOf(last, text, racers, course, steps) : text["say_off"] ?? "";
}

/**
 * @param {Event} event
 * @param {Told[]} racers
 */
function concerns({ kind, places, step }, racers) {
  if (kind !== LEAD) return racers.some(({ place }) => places.includes(place ?? -1));
  return racers.length > 1 && racers.some((racer) => read(racer, step).rank > 0);
}

/**
 * @param {Event} event
 * @param {Words} text
 * @param {Told[]} racers
 * @param {Course} course
 * @param {number} steps
 */
function toldOf({ kind, places, since, step, valley }, text, racers, course, steps) {
  const those = racers.filter(({ place }) => places.includes(place ?? -1));
  const [only] = those;
  if (kind === OVERSHOT && only) {
    const [from, to] = [numberAt(only.losses, since - 1), numberAt(only.losses, step)];
    const which = since === step ? "uphill" : "climbed";
    return put(text[`say_${which}_${only.overshoot}`], { step, since, racer: only.name, from, to });
  }
  if (kind === LEAD) {
    const standing = racers.map((racer) => read(racer, step));
    const racing = standing.filter(({ rank }) => rank > 0);
    return joined(text, lead(text, racing, step, step === steps, standing.some(({ outside }) => outside)));
  }
  const [loss, lowest] = [depth(course.valleys[valley]?.loss), lowestOf(course)];
  const there = racers.map(({ place }) => course.arrivals[place ?? -1])
    .filter((arrival) => arrival?.valley === valley && arrival.step <= step);
  const values = { step, racers: listed(text, those), loss, lowest, count: there.length, all: racers.length };
  if (kind === DIVERGED) return put(text["say_diverged"], values);
  if (kind === LEFT) return put(text["say_leaves"], values);
  const isStart = course.arrivals.some((arrival) => arrival.valley === valley && arrival.step === 0);
  // Who starts in one of several that are equally deep may be followed into another.
  if (isStart && (valley !== 0 || course.valleys[0]?.places === 1)) return put(text["say_returns"], values);
  const where = valley === 0 ? "deepest" : lowest ? "other" : "some";
  const isNamed = isStart
    || course.events.some((event) => event.valley === valley && event.step < step && concerns(event, racers));
  if (kind === ARRIVED || isNamed) {
    return ofDeepest(text, `say_${kind === ARRIVED ? "arrives" : "follows"}_${where}`, course, values);
  }
  // Of whoever was there before nothing was said: of those that are shown these are the first.
  const first = firstIn(valley, racers, course);
  return ofDeepest(text, `say_arrives_${where}`, course, { ...values, step: first.step, racers: listed(text, first.racers) });
}

/**
 * Of these racers those that were first in a valley, and when.
 * @param {number} valley
 * @param {Told[]} racers
 * @param {Course} course
 */
function firstIn(valley, racers, { arrivals }) {
  /** @param {Told} racer */
  const stepOfArrival = ({ place }) => arrivals[place ?? -1]?.step ?? NaN;
  const there = racers.filter(({ place }) => arrivals[place ?? -1]?.valley === valley);
  const step = Math.min(...there.map(stepOfArrival));
  return { step, racers: there.filter((racer) => stepOfArrival(racer) === step) };
}

/**
 * How the race ended: who stays in which valley, who was there first, and whether anyone has found the deepest one, or
 * where there is nothing to say of that, who on the surface is in none. Null where nobody has arrived anywhere.
 * @param {Words} text
 * @param {Standing[]} racers
 * @param {Course} course
 */
function ended(text, racers, course) {
  const there = racers.flatMap((racer) => {
    const arrival = course.arrivals[racer.place ?? -1];
    return arrival && arrival.step >= 0 ? [{ ...racer, ...arrival }] : [];
  });
  if (there.length === 0) return null;
  const deepest = there.filter(({ valley }) => valley === 0);
  const told = deepest.length > 0 ? deepest : there;
  const left = there.length - told.length;
  const head = arrivedIn(text, told, racers.length, course);
  const elsewhere = left > 0 ? put(counted(text, "say_ends_elsewhere", left), { count: left }) : "";
  const tail = deepest.length > 0 ? elsewhere : unfound(text, racers, course, "say_never_found", "say_nobody_stays");
  const ending = put(text[tail ? "say_ends_and" : "say_ends_so"], { head, tail });
  const rest = tail ? [] : racers.filter(({ rank, place = -1 }) => rank > 0 && (course.arrivals[place]?.step ?? 0) < 0);
  if (rest.length === 0) return ending;
  return joined(text, [ending, put(text["say_in_no_valley"], { racers: listed(text, rest, text["and_more_last"]) })]);
}

/**
 * Where they ended up, in one valley or in several, how many of all, and who was first.
 * @param {Words} text
 * @param {(Told & Course["arrivals"][number])[]} those
 * @param {number} all
 * @param {Course} course
 */
function arrivedIn(text, those, all, { moves, valleys }) {
  const numbers = [...new Set(those.map(({ valley }) => valley))];
  const step = Math.min(...those.map((racer) => racer.step));
  const loss = depth(Math.min(...numbers.map((valley) => valleys[valley]?.loss ?? NaN)));
  const many = those.length === all ? (all === 1 ? "_alone" : "_all") : (those.length === 1 ? "_one" : "");
  const since = step === 0 ? "_from_start" : "";
  const valley = ofDeepest(text, `valley_${kindOf(numbers[0] ?? -1, valleys)}`, { moves, valleys });
  const key = `say_ends${numbers.length > 1 ? "_apart" : ""}${many}${since}`;
  return ofDeepest(text, key, { moves, valleys: numbers[0] === 0 ? valleys : [] }, {
    count: those.length, all, step, loss, valleys: numbers.length, valley,
    racers: listed(text, those.filter((racer) => racer.step === step)),
  });
}

/**
 * @param {number} valley
 * @param {Course["valleys"]} valleys
 */
function kindOf(valley, valleys) {
  const [deepest, here] = [valleys[0], valleys[valley]];
  if (valley === 0) return "deepest";
  if (!deepest || !here || !Number.isFinite(deepest.loss)) return "some";
  return here.away < deepest.away ? "nearer" : "other";
}

/**
 * That nobody found the deepest valley, or that nobody stayed there, in the words of these keys; "" where there is none.
 * @param {Words} text
 * @param {Told[]} racers
 * @param {Pick<Course, "arrivals" | "moves" | "valleys">} course
 * @param {string} unseen
 * @param {string} [left]
 */
function unfound(text, racers, { arrivals, moves, valleys }, unseen, left = "") {
  const lowest = lowestOf({ valleys });
  const key = racers.some(({ place }) => arrivals[place ?? -1]?.passed) ? left : unseen;
  return lowest && key && ofDeepest(text, key, { moves, valleys }, { lowest });
}

/**
 * The loss of the deepest valley; "" where the surface has none.
 * @param {Pick<Course, "valleys">} course
 */
function lowestOf({ valleys }) {
  const loss = valleys[0]?.loss ?? NaN;
  return Number.isFinite(loss) ? depth(loss) : "";
}

/**
 * Words that speak of the deepest valley, of one of several that are equally deep, or of one that moves.
 * @param {Words} text
 * @param {string} key
 * @param {Pick<Course, "moves" | "valleys">} course
 * @param {Record<string, string | number>} [values]
 */
function ofDeepest(text, key, { moves, valleys }, values) {
  const places = valleys[0]?.places ?? 1;
  return put(text[`${key}${moves ? "_moving" : places > 1 ? "_equal" : ""}`] || text[key], { ...values, places });
}

/** @param {number} [loss] of a valley, with the digits that it has on the map */
function depth(loss = NaN) {
  return number(loss, 3);
}

/**
 * One plain sentence about a step: who moved uphill, or else who leads and by how much, and who is off the surface; about
 * the last one, what came of the race.
 * @param {Words} text
 * @param {Told[]} racers
 * @param {number} step
 * @param {number} steps
 * @param {Course} [course]
 */
export function happened(text, racers, step, steps, course) {
  if (racers.length === 0) return text["say_start"] ?? "";
  const standing = racers.map((racer) => read(racer, step));
  if (!hasStart(racers)) return text["say_no_start"] ?? "";
  if (step === 0) return text["say_start"] ?? "";
  const racing = standing.filter(({ rank }) => rank > 0);
  if (racing.length === 0) return nobodyRaces(text, standing);
  const riser = racing.filter(({ climbed }) => climbed).sort((a, b) => b.rise - a.rise)[0];
  if (riser && step < steps) {
    const [from, to] = [numberAt(riser.losses, step - 1), numberAt(riser.losses, step)];
    return put(text[`say_uphill_${riser.overshoot}`], { step, racer: riser.name, from, to });
  }
  const end = step === steps && course ? ended(text, standing, course) : null;
  if (end) return joined(text, [end, ...departed(text, standing)]);
  const [only] = racing;
  if (racers.length === 1 && only) return put(text["say_alone"], { step, racer: only.name, loss: number(only.loss) });
  const someOutside = standing.some(({ outside }) => outside);
  const unreached = step === steps && course ? [unfound(text, racers, course, "say_not_yet")].filter(Boolean) : [];
  return joined(text, [...lead(text, racing, step, step === steps, someOutside), ...unreached, ...departed(text, standing)]);
}

/**
 * Whether anyone of them, if there is anyone, begins where there is a loss.
 * @param {Told[]} racers
 */
function hasStart(racers) {
  return racers.length === 0 || racers.some(({ standing }) => standing[0] !== 0);
}

/**
 * @param {Words} text
 * @param {Standing[]} standing
 */
function nobodyRaces(text, standing) {
  const gone = standing.some(({ outside }) => outside) ? departed(text, standing) : [];
  return gone.length > 0 ? joined(text, gone) : text["say_lost"] ?? "";
}

/**
 * Who is off the surface, and who is lost.
 * @param {Words} text
 * @param {Standing[]} standing
 */
function departed(text, standing) {
  /** @type {[string | undefined, Standing[]][]} */
  const kinds = [
    [text["say_left"], standing.filter(({ outside }) => outside)],
    [text["say_some_lost"], standing.filter(({ lost }) => lost)],
  ];
  return kinds.filter(([, those]) => those.length > 0)
    .map(([template, those]) => put(template, { racers: listed(text, those, text["and_more_last"]) }));
}

/**
 * Who leads, and by how much.
 * @param {Words} text
 * @param {Standing[]} racing
 * @param {number} step
 * @param {boolean} isLast
 * @param {boolean} someOutside
 */
function lead(text, racing, step, isLast, someOutside) {
  const best = Math.min(...racing.map(({ rank }) => rank));
  const leaders = racing.filter(({ rank }) => rank === best);
  const least = Math.min(...leaders.map(({ loss }) => loss));
  const which = `say_${isLast ? "end" : "step"}${leaders.length > 1 ? "_level" : ""}${someOutside ? "_inside" : ""}`;
  const said = [put(counted(text, which, step), { step, racers: listed(text, leaders), loss: number(least) })];
  const next = racing.filter((racer) => !leaders.includes(racer)).sort((a, b) => a.rank - b.rank || a.loss - b.loss)[0];
  if (next) {
    const margin = next.loss - least;
    // The losses came in single precision: no more digits of their difference than that has.
    const digits = Math.abs(next.loss) * 2 ** -23 * 100 > margin ? 1 : 2;
    said.push(put(text["say_ahead"], { margin: number(Number(margin.toPrecision(digits))), racer: next.name }));
  }
  return said;
}

/**
 * The whole picture for those who cannot see it: every racer with its loss, lowest first, then those off the surface.
 * @param {Words} text
 * @param {Told[]} racers
 * @param {number} step
 * @param {number} steps
 * @param {Record<string, string>} [chosen] the views that are shown
 */
export function standings(text, racers, step, steps, { axis = "", drawn = "" } = {}) {
  const ranked = racers.map((racer) => read(racer, step)).sort((a, b) => a.order - b.order);
  const ranking = ranked.map((racer) => (racer.outside
    ? put(text["standing_outside"], { racer: racer.name, loss: number(racer.loss) })
    : `${racer.name} ${number(racer.loss)}`)).join(text["and"]);
  const [surface = "", curves = ""] = [text[`alternative_${drawn}`], text[`alternative_${axis}`]];
  return put(text["alternative"], { step, steps, ranking, surface, curves });
}

/**
 * Decode a racer's standing at a step: see the table in `optviz.statistics.standing`.
 * @param {Told} racer
 * @param {number} step
 */
function read(racer, step) {
  const code = racer.standing[step] ?? 0;
  const [outside, lost, climbed] = [code === 200, code === 0, code > 100 && code < 200];
  const rank = outside || lost ? 0 : code % 100;
  const loss = racer.losses[step] ?? NaN;
  const rise = step > 0 ? loss - (racer.losses[step - 1] ?? NaN) : 0;
  const order = lost ? Infinity : (outside ? 1000 : rank);
  return { ...racer, outside, lost, climbed, rank, loss, rise, order };
}

/**
 * @param {Words} text
 * @param {{ name: string }[]} racers
 */
function listed(text, racers, more = text["and_more"]) {
  const names = racers.slice(0, NAMES_TOLD).map(({ name }) => name).join(text["and"]);
  return racers.length > NAMES_TOLD ? put(more, { names, count: racers.length }) : names;
}

/**
 * @param {Words} text
 * @param {string[]} sentences
 */
export function joined(text, sentences) {
  return sentences.reduce((first, second) => put(text["and_then"], { first, second }));
}

/**
 * The words for a number of things: those under `key_one` where it is one and the language tells them apart.
 * @param {Words} text
 * @param {string} key
 * @param {number | string} count
 */
export function counted(text, key, count) {
  return (Number(count) === 1 && text[`${key}_one`]) || text[key];
}

/**
 * @param {string | undefined} template with {name} for each value
 * @param {Record<string, string | number>} values
 */
export function put(template = "", values) {
  return spaced(template.replace(/\{(\w+)\}/g, (_, name) => String(values[name])));
}

/**
 * Between a Chinese character and a letter or digit of another script stands a space, whatever name was put in; beside
 * punctuation that is as wide as a character stands none.
 * @param {string} text
 */
function spaced(text) {
  const close = text.replace(/ *([，。；：？！（）、]) */g, "$1");
  return close.replace(/(?<=\p{Script=Han})(?=[A-Za-z0-9\p{Script=Greek}])|(?<=[A-Za-z0-9\p{Script=Greek}₁₂])(?=\p{Script=Han})/gu, " ");
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} place
 */
function numberAt(values, place) {
  return number(values[place] ?? NaN);
}

/**
 * A number as it is told; that of a place on a map has three digits, as there: `spelled` in optviz/figures/told.py.
 * @param {number} value
 * @param {number} [digits]
 */
export function number(value, digits = 4) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : String(Number(value.toPrecision(digits)));
  return text.replaceAll("-", "−");
}
