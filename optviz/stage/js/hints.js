// The hints of a first visit: at most one in sight, each put away once and for all.

const KEPT = "optviz-hints";
let gone = null; // for this page, where the browser keeps nothing

function putAway() {
  if (gone) return gone;
  try {
    gone = new Set(JSON.parse(window.localStorage.getItem(KEPT) ?? "[]"));
  } catch {
    gone = new Set();
  }
  return gone;
}

let inSight = null;

// The first of `hints` ({ about, text }) that has not been put away; null when all have.
export function nextHint(hints) {
  inSight = hints.find(({ about }) => !putAway().has(about)) ?? null;
  return inSight;
}

// Puts away the hint about something, or without a name the one in sight.
export function skipHint(about) {
  const name = about ?? inSight?.about;
  if (!name || putAway().has(name)) return;
  putAway().add(name);
  try {
    window.localStorage.setItem(KEPT, JSON.stringify([...putAway()]));
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
