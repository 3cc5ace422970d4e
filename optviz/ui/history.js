// @ts-check
// One entry in the browser's history for each change that is worth going back to.
//
// Streamlit writes an address by history.pushState alone (App.tsx, handlePageInfoChanged and maybeUpdatePageUrl), which
// makes an entry each time. Here an address that means the same as the one before takes its place: in another spelling,
// with other quiet parameters, or where it is said again after the visitor went to another page.

/**
 * @typedef {object} Given what the page says: see optviz/ui/address.py
 * @property {string[]} quiet parameters too small for an entry of their own
 * @property {string} [found] an address as it was found
 * @property {string} [spelled] how the app spells the same
 */

const AT_ONCE = 3000; // milliseconds; whoever goes on by hand is slower

/** @type {Map<string, string>} found → spelled, both without what is quiet */
const meant = new Map();

/** @param {{ data: Given }} component */
export default function keepHistory({ data: { quiet, found, spelled } }) {
  /** @param {string | undefined} query */
  const loud = (query) => {
    const parameters = new URLSearchParams(query);
    for (const name of quiet) parameters.delete(name);
    parameters.sort();
    return parameters.toString();
  };
  /** @param {string} query */
  const meaning = (query) => meant.get(loud(query)) ?? loud(query);

  if (found !== undefined && spelled !== undefined) meant.set(loud(found), loud(spelled));
  // Called again for each message; the browser's own function is replaced once for the document.
  const kept = /** @type {History & { optviz?: boolean, optvizLed?: Record<string, string | null> }} */ (history);
  if (kept.optviz) return;
  kept.optviz = true;
  const push = history.pushState.bind(history);
  /** @type {string | null} what the address said before the visitor went to another page, until it is said there again */
  let carried = null;
  // Where the app itself goes to another page, Streamlit first takes the parameters away, then the page, and then they
  // are said again: one change, in three addresses at once.
  let emptied = -Infinity;
  let arrived = -Infinity;
  /** @param {number} since */
  const atOnce = (since) => performance.now() - since < AT_ONCE;
  history.pushState = (state, unused, url) => {
    const [from, to] = [location, new URL(url ?? "", location.href)];
    const samePage = from.pathname === to.pathname;
    // What the browser writes by itself is newer than what the server has heard of it.
    const led = samePage ? Object.entries(kept.optvizLed ?? {}) : [];
    const isEmptied = samePage && from.search !== "" && to.search === "";
    for (const [name, value] of led) {
      if (value === null) to.searchParams.delete(name);
      else to.searchParams.set(name, value);
    }
    const same = samePage && (meaning(to.search) === meaning(from.search) || meaning(to.search) === carried);
    const inPlace = same || (samePage ? atOnce(arrived) : atOnce(emptied));
    carried = samePage ? null : meaning(from.search);
    arrived = !samePage && atOnce(emptied) ? performance.now() : -Infinity;
    emptied = isEmptied ? performance.now() : -Infinity;
    const address = led.length ? to : url;
    if (inPlace) history.replaceState(state, unused, address);
    else push(state, unused, address);
  };
}
