// @ts-check
// What a click on a mark lists stands further down the page: whoever has clicked is led there and told what it is, and from
// there back to the picture.

/**
 * @typedef {object} Given
 * @property {string} told what is listed
 * @property {number} number counts the clicks; 0 before any
 * @property {string | null} figure the picture that was clicked, as it was mounted; null for none
 * @property {string} place the id of the list's heading
 * @property {string} back the words of the way back
 */

/** @param {{ data: Given, parentElement: HTMLElement }} component */
export default function leadBehind({ data: { told, number, figure, place, back }, parentElement }) {
  const [said, way] = partsOf(parentElement);
  if (said.textContent !== told) said.textContent = told;
  way.textContent = back;
  way.hidden = figure === null;
  way.onclick = () => {
    // Where another picture is shown in its place meanwhile, to that one.
    const shown = document.querySelector(`.st-key-${figure}`) ?? [...document.querySelectorAll(".optviz-chart")].at(-1);
    const picture = /** @type {HTMLElement | undefined} */ (shown);
    lookAt(picture ?? null, picture?.querySelector(".optviz-chart-plot") ?? null);
  };
  const before = parentElement.dataset["number"];
  parentElement.dataset["number"] = String(number);
  // A page that is drawn anew lists what was clicked before, and stays where it is.
  if (before === undefined || before === String(number) || number === 0) return;
  lookAt(document.getElementById(place), said);
}

/**
 * The line that says what is listed, which stays the same element so that a change of it is read aloud; the way back.
 * @param {HTMLElement} root
 * @returns {[HTMLElement, HTMLElement]}
 */
function partsOf(root) {
  if (!root.querySelector("[role=status]")) {
    const [said, way] = [document.createElement("p"), document.createElement("button")];
    Object.assign(said, { className: "optviz-behind-told", tabIndex: -1 });
    said.setAttribute("role", "status");
    Object.assign(way, { className: "optviz-behind-back", type: "button" });
    root.replaceChildren(said, way);
  }
  return /** @type {[HTMLElement, HTMLElement]} */ ([...root.children]);
}

/**
 * @param {HTMLElement | null} top what is scrolled to
 * @param {Element | null} focused
 */
function lookAt(top, focused) {
  if (!top || !(focused instanceof HTMLElement)) return;
  if (!focused.hasAttribute("tabindex")) focused.tabIndex = -1;
  focused.focus({ preventScroll: true });
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  top.scrollIntoView({ block: "start", behavior: isStill ? "auto" : "smooth" });
}
