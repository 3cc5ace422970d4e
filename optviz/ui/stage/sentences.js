// What the picture shows, in words. `racers` are those that are shown: { name, losses, batched }, losses by step.

const SAME = 1e-3; // what differs by less of the drop looks the same in the picture and in the number
const NAMES_TOLD = 4;

// One plain sentence about a step: who moved uphill, or else who leads and by how much.
export function happened(text, racers, step, steps) {
  if (step === 0 || racers.length === 0) return text.say_start;
  const known = racers.filter(({ losses }) => Number.isFinite(losses[step]));
  if (known.length === 0) return text.say_lost;
  const best = known.reduce((low, { losses }) => Math.min(low, losses[step]), Infinity);
  const drop = Math.max(known[0].losses[0] - best, 0);
  const riser = largestRise(known, step, drop);
  if (riser && step < steps) {
    const [from, to] = [riser.losses[step - 1], riser.losses[step]].map(number);
    return put(riser.batched ? text.say_uphill_noise : text.say_uphill, { step, racer: riser.name, from, to });
  }
  if (racers.length === 1) return put(text.say_alone, { step, racer: known[0].name, loss: number(best) });
  const leaders = known.filter(({ losses }) => losses[step] - best <= SAME * drop);
  const first = leaders.slice(0, NAMES_TOLD).map(({ name }) => name).join(text.and);
  const names = leaders.length > NAMES_TOLD ? put(text.and_more, { names: first, count: leaders.length }) : first;
  const [alone, together] = step === steps ? [text.say_end, text.say_shared] : [text.say_leads, text.say_lead_together];
  const said = [put(leaders.length > 1 ? together : alone, { step, racer: names, racers: names, loss: number(best) })];
  const next = known.filter((racer) => !leaders.includes(racer)).sort((a, b) => a.losses[step] - b.losses[step])[0];
  if (next) said.push(put(text.say_ahead, { margin: number(Number((next.losses[step] - best).toPrecision(2))), racer: next.name }));
  const lost = racers.filter((racer) => !known.includes(racer));
  if (lost.length) said.push(put(text.say_some_lost, { racers: lost.map(({ name }) => name).join(text.and) }));
  return said.reduce((first, second) => put(text.and_then, { first, second }));
}

// The whole picture for those who cannot see it: every racer with its loss, lowest first.
export function standings(text, racers, step, steps) {
  const ranked = racers.map(({ name, losses }) => ({ name, loss: losses[step] }));
  ranked.sort((a, b) => (Number.isFinite(a.loss) ? a.loss : Infinity) - (Number.isFinite(b.loss) ? b.loss : Infinity) || 0);
  const ranking = ranked.map(({ name, loss }) => `${name} ${number(loss)}`).join(text.and);
  return put(text.alternative, { step, steps, ranking });
}

// The racer that climbed most in this step, if it climbed visibly.
function largestRise(racers, step, drop) {
  let most = SAME * drop;
  let riser = null;
  for (const racer of racers) {
    const rise = racer.losses[step] - racer.losses[step - 1];
    if (rise > most) [most, riser] = [rise, racer];
  }
  return riser;
}

export function put(template, values) {
  return spaced(template.replace(/\{(\w+)\}/g, (_, name) => values[name]));
}

// Between a Chinese character and a letter or digit of another script stands a space, whatever name was put in.
function spaced(text) {
  return text.replace(/(?<=\p{Script=Han})(?=[A-Za-z0-9\p{Script=Greek}])|(?<=[A-Za-z0-9\p{Script=Greek}₁₂])(?=\p{Script=Han})/gu, " ");
}

function number(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return text.replaceAll("-", "−");
}
