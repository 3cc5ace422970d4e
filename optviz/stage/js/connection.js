// @ts-check
// Says when the server does not answer. Streamlit connects again by itself; until then a race that has been drawn still
// plays, so its own dialog, which covers the page and speaks English only, makes way for one sentence.

const ANSWERED_BY = 4000; // milliseconds after which a server that is connected counts as back in any case
const LOST_AFTER = 1200; // milliseconds; a shorter break is nobody's concern
const ASK_AGAIN = ".st-key-ask_again button"; // a button of the page that nobody sees: see optviz/ui/main.py
let sentenceWhenLost = "";
let watching = false;
let back = () => {};

/**
 * A server that was started anew knows nothing of the visit until it is asked for the page: it would take the next
 * change for the first run, which reads the address, and lose it.
 * @param {string} text
 */
export function watchConnection(text) {
  sentenceWhenLost = text;
  /** @type {HTMLElement | null} */
  const app = document.querySelector("[data-test-connection-state]");
  if (!app || watching) return;
  watching = true;
  const banner = document.createElement("p");
  banner.className = "optviz-lost";
  banner.setAttribute("role", "alert");
  banner.hidden = true;
  document.body.appendChild(banner);
  // What has the whole screen hides all that is not in it.
  document.addEventListener("fullscreenchange", () => (document.fullscreenElement ?? document.body).append(banner));
  /** @type {number | null} */
  let patience = null;
  back = () => {
    if (patience === null) banner.hidden = true;
  };
  const look = () => {
    const connected = app.dataset["testConnectionState"] === "CONNECTED";
    document.documentElement.toggleAttribute("data-optviz-lost", !connected);
    if (connected) {
      if (patience === null) return;
      window.clearInterval(patience);
      patience = null;
      click(ASK_AGAIN);
      window.setTimeout(back, ANSWERED_BY);
    } else {
      patience ??= window.setInterval(() => {
        click(".stDialog [role=dialog] > button");
        banner.textContent = sentenceWhenLost;
        banner.hidden = false;
      }, LOST_AFTER);
    }
  };
  new MutationObserver(look).observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
  look();
}

/** @param {string} selector */
function click(selector) {
  const button = document.querySelector(selector);
  if (button instanceof HTMLElement) button.click();
}

// The server has sent a picture: it is there again.
export function serverAnswered() {
  back();
}
