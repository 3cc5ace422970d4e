// @ts-check
// Follows the links of the guide without loading the page anew: the server is told which one was pressed.

/**
 * @typedef {object} Component
 * @property {HTMLElement} parentElement
 * @property {{ opened: string }} data the chapter that is open
 * @property {(name: "asked", value: string) => void} setTriggerValue
 */

/** @type {Component["setTriggerValue"] | null} */
let tell = null;
/** @type {string | null} */
let opened = null;

/** @param {MouseEvent} event */
function follow(event) {
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const link = event.target instanceof Element ? event.target.closest("a[data-go]") : null;
  const asked = link instanceof HTMLElement || link instanceof SVGElement ? link.dataset["go"] : undefined;
  if (!asked || !tell || !isPlain || event.defaultPrevented) return;
  event.preventDefault();
  tell("asked", asked);
  link?.closest("details")?.removeAttribute("open");
}

/** @param {Component} component */
export default function links({ data, parentElement, setTriggerValue }) {
  if (!tell) document.addEventListener("click", follow);
  tell = setTriggerValue;
  const isAnother = opened !== null && opened !== data.opened;
  const isLinked = opened === null && location.hash !== "";
  opened = data.opened;
  // What an address points at inside a chapter was not there yet when the browser looked for it.
  if (isLinked) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  else if (isAnother) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  return () => {
    if (parentElement.isConnected) return;
    document.removeEventListener("click", follow);
    tell = null;
    opened = null;
  };
}
