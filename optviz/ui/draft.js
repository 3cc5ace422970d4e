// @ts-check
// A lesson that is being written: kept in this tab of the browser alone, and told to its visit after a reload.

const NAME = "optviz-draft";

/**
 * @typedef {object} Given
 * @property {string | null} draft what the visit has of it; null for nothing
 */

/** @param {{ data: Given, parentElement: HTMLElement, setTriggerValue: (name: string, value: unknown) => void }} component */
export default function keepDraft({ data: { draft }, parentElement, setTriggerValue }) {
  try {
    const known = parentElement.dataset["known"] === "yes";
    parentElement.dataset["known"] = "yes";
    if (draft) sessionStorage.setItem(NAME, draft);
    // All of it was deleted by hand.
    else if (known) sessionStorage.removeItem(NAME);
    else {
      const kept = sessionStorage.getItem(NAME);
      if (kept) setTriggerValue("kept", kept);
    }
  } catch {
    // A browser that keeps nothing: then it lasts as long as the visit.
  }
}
