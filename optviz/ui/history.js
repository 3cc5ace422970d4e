// @ts-check
// One entry in the browser's history for each change that is worth going back to, and for each page what was read of it.
//
// Streamlit writes an address by history.pushState alone (App.tsx, handlePageInfoChanged and maybeUpdatePageUrl), which
// makes an entry each time. Here an address that means the same as the one before takes its place: in another spelling,
// with other quiet parameters, or where it is said again after the visitor went to another page. So does whatever is
// said on the way to another page: where the app itself goes there, Streamlit takes the parameters away, says the new
// ones and changes the path, in an order that depends on how busy the machine is. The way ends with the visitor's next
// act.

/**
 * @typedef {object} Given what the page says: see optviz/ui/address.py
 * @property {string[]} quiet parameters too small for an entry of their own
 * @property {string[]} read pages that are opened where the visitor left them
 * @property {string[]} read_by parameters that say which text such a page shows
 * @property {string} [found] an address as it was found
 * @property {string} [spelled] how the app spells the same
 */

const HELD = 10_000; // milliseconds in which what comes late may not move the page

/** @type {Map<string, string>} found → spelled, both without what is quiet */
const meant = new Map();

/** @param {{ data: Given }} component */
export default function keepHistory({ data: { quiet, read, read_by: readBy, found, spelled } }) {
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
  const scroll = new Scroll(read ?? [], readBy ?? []);
  /** @type {string | null} what the address said before the visitor went to another page, until it is said there again */
  let carried = null;
  let isOnTheWay = false; // to another page
  let hasPushed = false; // since the visitor's last act
  for (const act of ["pointerdown", "click", "keydown"]) {
    addEventListener(act, () => { isOnTheWay = hasPushed = false; }, true);
  }
  addEventListener("popstate", () => {
    isOnTheWay = true;
    scroll.arrive(location);
  }, true);
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
    const inPlace = same || isOnTheWay || (!samePage && hasPushed);
    carried = samePage ? null : meaning(from.search);
    if (isEmptied || !samePage) isOnTheWay = true;
    hasPushed ||= !inPlace;
    const address = led.length ? to : url;
    if (inPlace) history.replaceState(state, unused, address);
    else push(state, unused, address);
    if (isOnTheWay && !isEmptied) scroll.arrive(to);
  };
}

/** How far down each page was read, by what its address says it shows. */
class Scroll {
  /**
   * @param {string[]} read pages that are opened where the visitor left them, whichever way one comes
   * @param {string[]} readBy
   */
  constructor(read, readBy) {
    this.read = read;
    this.readBy = readBy;
    /** @type {Map<string, number>} */
    this.left = new Map();
    /** @type {number | null} where the page is held until the visitor moves it */
    this.held = null;
    this.until = 0;
    /** @type {number | null} the height of the page before, in pixels, while it is seen still */
    this.before = null;
    let isByHand = false;
    for (const act of ["pointerdown", "keydown", "click"]) {
      addEventListener(act, () => {
        this.note();
        isByHand = act !== "click";
      }, true);
    }
    for (const act of ["wheel", "touchmove"]) {
      addEventListener(act, () => {
        this.held = null;
        isByHand = true;
      }, { capture: true, passive: true });
    }
    addEventListener("scroll", () => {
      if (this.held !== null) this.hold();
      else if (isByHand) this.note();
    }, true);
    // What is laid out late, such as a picture, moves what stands below it.
    this.sizes = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(() => this.hold());
  }

  get page() {
    return /** @type {HTMLElement | null} */ (document.querySelector("[data-testid=stMain]"));
  }

  /** @param {Location | URL} address */
  shown(address) {
    const parameters = new URLSearchParams(address.search);
    return [address.pathname, ...this.readBy.map((name) => parameters.get(name) ?? "")].join(" ");
  }

  /** @param {Location | URL} address */
  isRead(address) {
    return this.read.some((name) => address.pathname.endsWith(`/${name}`));
  }

  note() {
    this.held = null;
    if (this.isRead(location) && this.page) this.left.set(this.shown(location), this.page.scrollTop);
  }

  /**
   * @param {Location | URL} address
   */
  arrive(address) {
    const to = this.left.get(this.shown(address)) ?? 0;
    this.held = address.hash ? null : to;
    this.until = performance.now() + HELD;
    const inner = this.page?.firstElementChild;
    if (inner) this.sizes?.observe(inner);
    this.before = to > 0 ? inner?.scrollHeight ?? null : null;
    this.hold();
  }

  hold() {
    if (this.held === null) return;
    // Until there is something else, it is the page before that would jump.
    if (this.before !== null && this.page?.firstElementChild?.scrollHeight === this.before) return;
    this.before = null;
    if (performance.now() > this.until) this.held = null;
    else if (this.page && Math.abs(this.page.scrollTop - this.held) > 1) this.page.scrollTo(0, this.held);
  }
}
