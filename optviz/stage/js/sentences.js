// @ts-check
// What the picture shows, in words. Who leads, who is level and who climbs is the core's to say
// (`optviz.statistics.standing`).

/** @import { Words } from "./types.js" */

/**
 * @typedef {object} Told a racer that is shown
 * @property {string} name
 * @property {ArrayLike<number>} losses by step
 * @property {ArrayLike<number>} standing by step
 * @property {string} overshoot
 */
/** @typedef {ReturnType<typeof read>} Standing */

const NAMES_TOLD = 4;

/**
 * One plain sentence about a step: who moved uphill, or else who leads and by how much, and who is off the surface.
 * @param {Words} text
 * @param {Told[]} racers
 * @param {number} step
 * @param {number} steps
 */
export function happened(text, racers, step, steps) {
  if (racers.length === 0) return text["say_start"] ?? "";
  const standing = racers.map((racer) => read(racer, step));
  if (standing.every(({ lost, noStart }) => lost && noStart)) return text["say_no_start"] ?? "";
  if (step === 0) return text["say_start"] ?? "";
  const racing = standing.filter(({ rank }) => rank > 0);
  if (racing.length === 0) return nobodyRaces(text, standing);
  const riser = racing.filter(({ climbed }) => climbed).sort((a, b) => b.rise - a.rise)[0];
  if (riser && step < steps) {
    const [from, to] = [numberAt(riser.losses, step - 1), numberAt(riser.losses, step)];
    return put(text[`say_uphill_${riser.overshoot}`], { step, racer: riser.name, from, to });
  }
  const [only] = racing;
  if (racers.length === 1 && only) return put(text["say_alone"], { step, racer: only.name, loss: number(only.loss) });
  const someOutside = standing.some(({ outside }) => outside);
  return joined(text, [...lead(text, racing, step, step === steps, someOutside), ...departed(text, standing)]);
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
 */
export function standings(text, racers, step, steps) {
  const ranked = racers.map((racer) => read(racer, step)).sort((a, b) => a.order - b.order);
  const ranking = ranked.map((racer) => (racer.outside
    ? put(text["standing_outside"], { racer: racer.name, loss: number(racer.loss) })
    : `${racer.name} ${number(racer.loss)}`)).join(text["and"]);
  return put(text["alternative"], { step, steps, ranking });
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
  return { ...racer, outside, lost, climbed, rank, loss, rise, order, noStart: racer.standing[0] === 0 };
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
function joined(text, sentences) {
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

/** @param {number} value */
function number(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return text.replaceAll("-", "−");
}
