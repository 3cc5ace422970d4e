// @ts-check
// Light or dark: whatever the page around the picture is.

import { rgb } from "./drawing.js";

/**
 * @param {HTMLElement} root
 * @returns {"light" | "dark"}
 */
export function themeOf(root) {
  // Streamlit's theme, or that of the page.
  const own = rgb(getComputedStyle(root).getPropertyValue("--st-background-color"));
  const [red, green, blue] = own ?? rgb(getComputedStyle(document.body).backgroundColor) ?? [255, 255, 255];
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128 ? "dark" : "light";
}

/**
 * Streamlit calls the component again for another theme of its own; where there is no Streamlit, the system decides.
 * @param {() => void} changed
 * @returns {() => void} stops watching
 */
export function watchSystemTheme(changed) {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", changed);
  return () => system.removeEventListener("change", changed);
}

/**
 * Another zoom of the browser, or a window that was moved to a screen with other pixels.
 * @param {() => void} changed
 * @returns {() => void} stops watching
 */
export function watchSharpness(changed) {
  let watching = new AbortController();
  const watch = () => {
    watching = new AbortController();
    // It tells once that the resolution is not this one any more.
    window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener("change", () => {
      watching.abort();
      watch();
      changed();
    }, { signal: watching.signal });
  };
  watch();
  return () => watching.abort();
}

// Whether a finger points, not a mouse.
export function isCoarse() {
  return window.matchMedia("(pointer: coarse)").matches;
}

// Whether the visitor has asked the system for less motion.
export function wantsNoMotion() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
