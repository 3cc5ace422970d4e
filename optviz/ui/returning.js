// @ts-check
// What a visit has left for what it is shown, over a reload: kept for the tab that left it, and told to its visit after it.

/**
 * @typedef {object} Given
 * @property {Record<string, string> | null} left what was left, as the visit spells it
 */

const NAME = "optviz-left";

/** @param {{ data: Given, setTriggerValue: (name: string, value: unknown) => void }} component */
export default function keepLeft({ data: { left }, setTriggerValue }) {
  // What this document has said or left is known to its visit.
  const page = /** @type {{ optvizLeft?: boolean }} */ (globalThis);
  const isLoaded = !page.optvizLeft;
  page.optvizLeft = true;
  try {
    if (left) sessionStorage.setItem(NAME, JSON.stringify(left));
    else if (!isLoaded) sessionStorage.removeItem(NAME);
    const kept = left || !isLoaded ? null : sessionStorage.getItem(NAME);
    if (kept) setTriggerValue("kept", JSON.parse(kept));
  } catch {
    // A browser that keeps nothing: then the way back lasts as long as the visit.
  }
}
