// What the picture shows, in words. `racers` are those that are shown: { name, losses, standing, overshoot }, losses
// and standing by step. Who leads, who is level and who climbs is the core's to say (`optviz.statistics.standing`).

const NAMES_TOLD = 4;

// One plain sentence about a step: who moved uphill, or else who leads and by how much, and who is off the surface.
export function happened(text, racers, step, steps) {
  if (racers.length === 0) return text.say_start;
  const standing = racers.map((racer) => read(racer, step));
  if (step === 0) return standing.every(({ lost }) => lost) ? text.say_no_start : text.say_start;
  const [racing, outside, lost] = [
    standing.filter(({ rank }) => rank > 0),
    standing.filter((racer) => racer.outside),
    standing.filter((racer) => racer.lost),
  ];
  const off = [[text.say_left, outside], [text.say_some_lost, lost]].filter(([, gone]) => gone.length > 0);
  const gone = off.map(([template, those]) => put(template, { racers: listed(text, those, text.and_more_last) }));
  if (racing.length === 0) {
    if (outside.length === 0 && standing.every((racer) => racer.noStart)) return text.say_no_start;
    return outside.length === 0 ? text.say_lost : joined(text, gone);
  }
  const riser = racing.filter(({ climbed }) => climbed).sort((a, b) => b.rise - a.rise)[0];
  if (riser && step < steps) {
    const [from, to] = [riser.losses[step - 1], riser.losses[step]].map(number);
    return put(text[`say_uphill_${riser.overshoot}`], { step, racer: riser.name, from, to });
  }
  const best = Math.min(...racing.map(({ rank }) => rank));
  const leaders = racing.filter(({ rank }) => rank === best);
  const loss = number(Math.min(...leaders.map((racer) => racer.loss)));
  if (racers.length === 1) return put(text.say_alone, { step, racer: racers[0].name, loss });
  const which = `say_${step === steps ? "end" : "step"}${leaders.length > 1 ? "_level" : ""}${outside.length ? "_inside" : ""}`;
  const said = [put(counted(text, which, step), { step, racers: listed(text, leaders), loss })];
  const next = racing.filter((racer) => !leaders.includes(racer)).sort((a, b) => a.rank - b.rank || a.loss - b.loss)[0];
  if (next) {
    const margin = next.loss - Math.min(...leaders.map((racer) => racer.loss));
    // The losses came in single precision: no more digits of their difference than that has.
    const digits = Math.abs(next.loss) * 2 ** -23 * 100 > margin ? 1 : 2;
    said.push(put(text.say_ahead, { margin: number(Number(margin.toPrecision(digits))), racer: next.name }));
  }
  return joined(text, [...said, ...gone]);
}

// The whole picture for those who cannot see it: every racer with its loss, lowest first, then those off the surface.
export function standings(text, racers, step, steps) {
  const ranked = racers.map((racer) => read(racer, step)).sort((a, b) => a.order - b.order);
  const ranking = ranked.map((racer) => (racer.outside
    ? put(text.standing_outside, { racer: racer.name, loss: number(racer.loss) })
    : `${racer.name} ${number(racer.loss)}`)).join(text.and);
  return put(text.alternative, { step, steps, ranking });
}

// Decode a racer's standing at a step: see the table in `optviz.statistics.standing`.
function read(racer, step) {
  const code = racer.standing[step];
  const [outside, lost, climbed] = [code === 200, code === 0, code > 100 && code < 200];
  const rank = outside || lost ? 0 : code % 100;
  const loss = racer.losses[step];
  const rise = step > 0 ? loss - racer.losses[step - 1] : 0;
  const order = lost ? Infinity : (outside ? 1000 : rank);
  return { ...racer, outside, lost, climbed, rank, loss, rise, order, noStart: racer.standing[0] === 0 };
}

function listed(text, racers, more = text.and_more) {
  const names = racers.slice(0, NAMES_TOLD).map(({ name }) => name).join(text.and);
  return racers.length > NAMES_TOLD ? put(more, { names, count: racers.length }) : names;
}

function joined(text, sentences) {
  return sentences.reduce((first, second) => put(text.and_then, { first, second }));
}

// The words for a number of things: those under `key_one` where it is one and the language tells them apart.
export function counted(text, key, count) {
  return (Number(count) === 1 && text[`${key}_one`]) || text[key];
}

export function put(template, values) {
  return spaced(template.replace(/\{(\w+)\}/g, (_, name) => values[name]));
}

// Between a Chinese character and a letter or digit of another script stands a space, whatever name was put in; beside
// punctuation that is as wide as a character stands none.
function spaced(text) {
  const close = text.replace(/ *([，。；：？！（）、]) */g, "$1");
  return close.replace(/(?<=\p{Script=Han})(?=[A-Za-z0-9\p{Script=Greek}])|(?<=[A-Za-z0-9\p{Script=Greek}₁₂])(?=\p{Script=Han})/gu, " ");
}

function number(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return text.replaceAll("-", "−");
}
