// @ts-check
// Keys that belong to the picture wherever the focus is, unless what has the focus uses them itself. Where a page shows
// several stages, one answers: the one in use, which is the one that has the focus or was touched last. Small ones in a text
// answer only while they have the focus: elsewhere the space scrolls the text.

const COMMANDS = new Map([[" ", "play"], ["ArrowLeft", "back"], ["ArrowRight", "forward"], ["Home", "first"], ["End", "last"], ["i", "card"], ["f", "full"], ["l", "look"]]);
// What a key does again and again while it is held; of all others, which toggle, once is meant.
const REPEATED = ["back", "forward"];
const KEYS_OF_THEIR_OWN = "input, textarea, select, button, summary, a, [tabindex='0'], [role=slider], [role=radio], "
  + "[role=listbox], [role=tab], [contenteditable=true]";
const TYPING = "input:not([type=range]), textarea, [contenteditable=true]";
// Where a letter writes, or finds what begins with it. The speeds of a stage are numbers.
const TAKES_LETTERS = "input:not([type=range], [type=checkbox], [type=radio]), textarea, select:not(.optviz-speed), canvas, "
  + "[role=listbox], [role=menu], [role=grid], [role=tree], [role=textbox], [contenteditable=true]";

/**
 * @typedef {object} Player
 * @property {HTMLElement} body
 * @property {HTMLElement} scrubber
 * @property {() => boolean} plays whether there is anything to play
 * @property {() => boolean} [onlyFocused] whether keys are for the page unless it has the focus
 * @property {(what: string) => void} command
 * @property {() => void} escape
 */

/** @type {Player[]} in the order in which they came onto the page */
const players = [];
/** @type {Player | null} */
let touched = null;
/** @type {Element | null} the button that a hand has pressed, until the focus goes elsewhere */
let pressed = null;

/**
 * @param {Player} player
 * @returns {() => void} takes it away again
 */
export function listenToKeys(player) {
  if (players.length === 0) document.addEventListener("keydown", answerKey);
  players.push(player);
  /** @param {Event} event */
  const touch = ({ type, target }) => {
    touched = player;
    if (type === "pointerdown") pressed = buttonOf(target);
    else if (target !== pressed) pressed = null;
  };
  player.body.addEventListener("pointerdown", touch, true);
  player.body.addEventListener("focusin", touch);
  return () => {
    players.splice(players.indexOf(player), 1);
    if (touched === player) touched = null;
    if (players.length === 0) document.removeEventListener("keydown", answerKey);
  };
}

/** @param {EventTarget | null} target */
function buttonOf(target) {
  return target instanceof Element ? target.closest("button") : null;
}

function playerInUse() {
  const playing = players.filter((player) => player.plays());
  const focused = playing.find(({ body }) => body.contains(document.activeElement));
  const ready = playing.filter((player) => !player.onlyFocused?.());
  return focused ?? ready.find((player) => player === touched) ?? ready[0];
}

/**
 * With Caps Lock a letter is the same key.
 * @param {string} key
 */
function nameOf(key) {
  return key.length === 1 ? key.toLowerCase() : key;
}

/** @param {KeyboardEvent} event */
function answerKey(event) {
  if (event.key === "Tab") pressed = null;
  const player = playerInUse();
  if (!player) return;
  if (event.key === "Escape") {
    const elsewhere = document.querySelector("[role=dialog], [role=listbox]") || document.activeElement?.closest(TYPING);
    if (!elsewhere && !event.defaultPrevented) player.escape();
    return;
  }
  const what = COMMANDS.get(nameOf(event.key));
  if (!what || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("[role=dialog]")) return;
  if (isTaken(event.key, player)) return;
  event.preventDefault();
  if (event.repeat && !REPEATED.includes(what)) return;
  // Firefox presses a button when the space is let go.
  if (event.key === " ") document.addEventListener("keyup", (end) => end.preventDefault(), { once: true });
  player.command(what);
}

/**
 * Whether what has the focus uses the key itself.
 * @param {string} key
 * @param {Player} player
 */
function isTaken(key, { body, scrubber }) {
  const focus = document.activeElement;
  if (!(focus instanceof HTMLElement) || [document.body, scrubber, body].includes(focus)) return false;
  if (key.length === 1 && key !== " ") return focus.closest(TAKES_LETTERS) !== null;
  // A button of the stage that has just been clicked must not keep the keys to itself, but for the space that presses it
  // where the focus has come by the keyboard.
  const own = focus.tagName === "BUTTON" && body.contains(focus);
  if (own && (key !== " " || focus === pressed || focus.dataset["do"] === "play")) return false;
  // A hand that turns the 3-D chart has given it the focus; it uses other keys.
  if (focus.classList.contains("optviz-scenery") && (key === " " || key === "End")) return false;
  // What scrolls the whole page has the focus after a click between things (Streamlit gives it a tabindex): as the page itself.
  const owner = focus.closest(KEYS_OF_THEIR_OWN);
  return owner !== null && !owner.contains(body);
}
