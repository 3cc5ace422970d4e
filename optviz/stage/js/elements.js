// @ts-check
// The parts of a stage in the page.

/** @import { Elements, PlotElement } from "./types.js" */

const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zM14 5h4v14h-4z",
  back: "M16 5v14L7 12zM5 5h2v14H5z",
  forward: "M8 5v14l9-7zM17 5h2v14h-2z",
  first: "M19 5v14l-8-7zM11 5v14l-8-7z",
  last: "M5 5v14l8-7zM13 5v14l8-7z",
  save: "M5 20h14v-2H5zM19 9h-4V3H9v6H5l7 7z",
  pin: "M16 9V4h1V2H7v2h1v5l-2 3v2h5.2v7l.8 1 .8-1v-7H18v-2z",
  tour: "M4 6h10v2H4zM4 11h10v2H4zM4 16h6v2H4zM14 13.5v7l6-3.5z",
  paths: "M3 20a2 2 0 1 1 1.8-2.900l2.2-1.700 1.200 1.600-2.200 1.700A2 2 0 0 1 3 20m5.600-5.900 3-2.300 1.200 1.600-3 2.300zm4.900-3.700 3-2.300 1.200 1.600-3 2.300zM21 4l-1.500 5.500-4-5z",
  veil: "M12 5C6.5 5 2.6 9.6 1.5 12c.5 1.1 1.6 2.7 3.2 4.1L3 17.8l1.4 1.4L20.2 3.4l-1.4-1.4-3.5 3.5A10.5 10.5 0 0 0 12 5m0 4a3 3 0 0 1 .9.14l-3.760 3.760A3 3 0 0 1 12 9m6.5-.9-3.7 3.7a3 3 0 0 1-3 3l-2.1 2.1c.7.15 1.5.2 2.3.2 5.5 0 9.4-4.6 10.5-7-.5-1.1-2-3-4-4",
  full: "M5 14H3v7h7v-2H5zM3 10h2V5h5V3H3zm16 9h-5v2h7v-7h-2zM14 3v2h5v5h2V3z",
  code: "M3 3h8v8H3zm2 2v4h4V5zm8-2h8v8h-8zm2 2v4h4V5zM3 13h8v8H3zm2 2v4h4v-4zm8-2h3v3h-3zm5 0h3v3h-3zm-2.500 2.500h3v3h-3zM13 18h3v3h-3zm5 0h3v3h-3z",
  card: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20m1 15h-2v-6h2zm0-8h-2V7h2z",
  card_before: "M15.4 7.400 14 6l-6 6 6 6 1.400-1.400L10.800 12z",
  card_next: "M8.600 16.600 10 18l6-6-6-6-1.400 1.400L13.200 12z",
  card_close: "M19 6.400 17.600 5 12 10.600 6.400 5 5 6.400 10.600 12 5 17.600 6.400 19 12 13.400 17.600 19 19 17.600 13.400 12z",
  more: "M6 10a2 2 0 1 0 0 4 2 2 0 0 0 0-4m6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4m6 0a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
};

/** @param {keyof typeof ICONS} name */
export function icon(name) {
  return `<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path fill="currentColor" d="${ICONS[name]}"/></svg>`;
}

const TEMPLATE = `
  <div class="optviz-above"><div class="optviz-legend" role="group"></div>
    <div class="optviz-choose"><div class="optviz-seen"></div><div class="optviz-choices"></div></div></div>
  <div class="optviz-picture"><canvas class="optviz-ground" aria-hidden="true"></canvas>
    <div class="optviz-plot"></div>
    <div class="optviz-scenery" role="application" tabindex="0" hidden><div></div></div>
    <canvas class="optviz-casings" aria-hidden="true"></canvas><canvas class="optviz-trails" aria-hidden="true"></canvas><canvas class="optviz-heads" aria-hidden="true"></canvas>
    <button data-do="home" class="optviz-home" hidden><span></span></button>
    <p class="optviz-notice" role="status"></p>
    <section class="optviz-code" hidden><img alt=""><p></p><button data-do="code_close">${icon("card_close")}</button></section>
  </div>
  <div class="optviz-docked">
    <section class="optviz-card" tabindex="-1" hidden>
      <header><h3><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path/></svg><span></span></h3>
        <button data-do="card_before">${icon("card_before")}</button><button data-do="card_next">${icon("card_next")}</button>
        <button data-do="card_close">${icon("card_close")}</button></header>
      <p class="optviz-idea"></p>
      <button data-do="look" class="optviz-look"></button> <button data-do="read" class="optviz-look"></button>
      <div class="optviz-ruled"><h4 data-name="rule_title"></h4><div class="optviz-rule"></div></div>
      <h4 data-name="numbers_title"></h4>
      <dl class="optviz-numbers">${["loss", "point", "gradient", "steepness", "length"].map((name) =>
        `<div><dt data-name="${name}"></dt><dd data-value="${name}">–</dd></div>`).join("")}</dl>
      <div class="optviz-set"><h4 data-name="settings_title"></h4><dl class="optviz-settings"></dl></div>
    </section>
  <div class="optviz-transport">
    <div class="optviz-buttons">
      <button data-do="first">${icon("first")}</button><button data-do="back">${icon("back")}</button>
      <button data-do="play" class="optviz-play">${icon("play")}</button>
      <button data-do="forward">${icon("forward")}</button><button data-do="last">${icon("last")}</button>
    </div>
    <input type="range" class="optviz-scrubber" min="0" step="1">
    <output class="optviz-readout"></output>
    <div class="optviz-extra">
      <select class="optviz-speed"></select>
      <label class="optviz-rate"><span></span><input type="range" step="0.05"><output></output></label>
    </div>
    <div class="optviz-buttons optviz-tools">
      <button data-do="more" aria-expanded="false">${icon("more")}</button>
      <button data-do="card" aria-expanded="false">${icon("card")}</button>
      <button data-do="paths" aria-pressed="false">${icon("paths")}</button>
      <button data-do="veil" aria-pressed="false">${icon("veil")}</button>
      <button data-do="tour" aria-pressed="false">${icon("tour")}<span></span><b></b></button>
      <button data-do="pin" aria-pressed="false">${icon("pin")}<span></span></button>
      <button data-do="code" aria-expanded="false">${icon("code")}</button>
      <button data-do="full" aria-pressed="false">${icon("full")}</button>
      <button data-do="save" aria-haspopup="menu" aria-expanded="false">${icon("save")}</button>
    </div>
    <div class="optviz-menu" role="menu" tabindex="-1" hidden></div>
  </div>
  <div class="optviz-says"><p class="optviz-sentence" aria-live="polite"></p>
    <p class="optviz-hint" hidden><span></span><button data-do="hint">×</button></p></div></div>`;

/**
 * A group of controls in place of all that the root had.
 * @param {HTMLElement} root
 * @param {string} className
 * @param {string} template
 * @param {(what: string) => void} command called for a button with its `data-do`
 */
export function fillRoot(root, className, template, command) {
  const body = document.createElement("div");
  body.className = className;
  body.tabIndex = -1;
  body.setAttribute("role", "group");
  body.innerHTML = template;
  root.replaceChildren(body);
  for (const button of buttonsOf(body)) {
    button.type = "button";
    button.addEventListener("click", () => command(button.dataset["do"] ?? ""));
  }
  return body;
}

/**
 * Puts an empty stage on the page.
 * @param {HTMLElement} root
 * @param {(what: string) => void} command called for a button with its `data-do`
 * @returns {Elements}
 */
export function buildElements(root, command) {
  const body = fillRoot(root, "optviz-stage", TEMPLATE, command);
  /**
   * @template {HTMLElement} [Kind=HTMLElement]
   * @param {string} name
   */
  const find = (name) => /** @type {Kind} */ (part(body, `.optviz-${name}`));
  return {
    body,
    picture: find("picture"),
    plot: /** @type {PlotElement} */ (find("plot")),
    ground: /** @type {HTMLCanvasElement} */ (find("ground")),
    under: /** @type {HTMLCanvasElement} */ (find("casings")),
    scenery: find("scenery"),
    kept: /** @type {HTMLCanvasElement} */ (find("trails")),
    moving: /** @type {HTMLCanvasElement} */ (find("heads")),
    above: find("above"),
    legend: find("legend"),
    transport: find("transport"),
    scrubber: /** @type {HTMLInputElement} */ (find("scrubber")),
    readout: find("readout"),
    speedPicker: /** @type {HTMLSelectElement} */ (find("speed")),
    rate: find("rate"),
    choices: find("choices"),
    views: find("seen"),
    notice: find("notice"),
    sentence: find("sentence"),
    menu: find("menu"),
    card: find("card"),
    code: find("code"),
    hint: find("hint"),
    homeButton: find("home"),
  };
}

/**
 * @param {HTMLElement} body
 * @returns {HTMLButtonElement[]}
 */
export function buttonsOf(body) {
  return [...body.querySelectorAll("button")].filter(({ dataset }) => dataset["do"]);
}

/**
 * @param {ParentNode} parent
 * @param {string} selector
 * @returns {HTMLElement} which is there
 */
export function part(parent, selector) {
  const found = parent.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`the stage has no ${selector}`);
  return found;
}

/**
 * Keeps as many children as there are items, reusing those that exist, so that focus and hover survive.
 * @template Item
 * @template {HTMLElement} Child
 * @param {HTMLElement} parent
 * @param {readonly Item[]} items
 * @param {() => Child} make
 * @param {(child: Child, item: Item, index: number) => void} update
 */
export function sync(parent, items, make, update) {
  while (parent.children.length > items.length) parent.lastChild?.remove();
  while (parent.children.length < items.length) parent.appendChild(make());
  items.forEach((item, index) => update(/** @type {Child} */ (parent.children[index]), item, index));
}

/**
 * @param {HTMLElement} button
 * @param {string | undefined} text
 */
export function label(button, text = "") {
  button.title = text;
  button.setAttribute("aria-label", text);
}

/**
 * Another text where there is nothing but text. The node that is there is changed: with another one in its place browsers
 * ask anew for the style of the whole page, as its style sheets have rules with `:has`.
 * @param {Element} element
 * @param {string} text
 */
export function write(element, text) {
  const { firstChild } = element;
  if (firstChild?.nodeType !== 3 || firstChild.nextSibling) {
    if (element.textContent !== text) element.textContent = text;
  } else if (firstChild.nodeValue !== text) firstChild.nodeValue = text;
}

/**
 * A style sheet of its own, which no other page loads; until it is there, nothing is seen.
 * @param {HTMLElement} body
 * @param {string} name of its file
 */
export function loadStyle(body, name) {
  const address = new URL(name, import.meta.url).href;
  if (document.querySelector(`link[href="${address}"]`)) return;
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: address });
  body.style.visibility = "hidden";
  for (const end of ["load", "error"]) link.addEventListener(end, () => { body.style.visibility = ""; });
  document.head.append(link);
}
