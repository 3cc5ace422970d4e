// @ts-check
// The menu that saves: what it offers, and how it opens and closes.

/** @import { Elements } from "./types.js" */

import { part, sync } from "./elements.js";

export class SaveMenu {
  /**
   * @param {Elements} elements
   * @param {(what: string) => void} choose
   */
  constructor({ menu, transport }, choose) {
    this.menu = menu;
    this.button = part(transport, "[data-do=save]");
    this.choose = choose;
    this.listening = new AbortController();
    menu.addEventListener("keydown", (event) => this.answerMenuKey(event));
    // Not every browser gives a button that is clicked the focus, so losing it to nothing says nothing.
    menu.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Element && this.isOutside(relatedTarget)) this.open(false);
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (target instanceof Element && this.isOutside(target)) this.open(false);
    }, { capture: true, signal: this.listening.signal });
  }

  /** @param {Element} element */
  isOutside(element) {
    return !this.menu.contains(element) && !this.button.contains(element);
  }

  get isOpen() {
    return !this.menu.hidden;
  }

  /** @param {boolean} open */
  open(open) {
    this.menu.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    const [first] = this.entries();
    if (open) first?.focus();
  }

  close() {
    this.open(false);
    this.button.focus();
  }

  /** @returns {HTMLButtonElement[]} */
  entries() {
    return [...this.menu.querySelectorAll("button")];
  }

  /** @param {[string, string | undefined][]} offered what can be saved, and the words for it */
  update(offered) {
    const make = () => {
      const entry = document.createElement("button");
      entry.type = "button";
      entry.setAttribute("role", "menuitem");
      entry.addEventListener("click", () => {
        this.close();
        this.choose(entry.dataset["take"] ?? "");
      });
      return entry;
    };
    sync(this.menu, offered, make, (entry, [name, words]) => {
      entry.dataset["take"] = name;
      entry.textContent = words ?? "";
    });
  }

  /** @param {KeyboardEvent} event */
  answerMenuKey(event) {
    const entries = this.entries();
    const place = entries.findIndex((entry) => entry === document.activeElement);
    const to = new Map([["ArrowDown", place + 1], ["ArrowUp", place - 1], ["Home", 0], ["End", entries.length - 1]]).get(event.key);
    if (event.key === "Escape") this.close();
    if (to !== undefined) entries.at(to % entries.length)?.focus();
    if (to !== undefined || event.key === "Escape") event.preventDefault();
    event.stopPropagation();
  }

  stop() {
    this.listening.abort();
  }
}
