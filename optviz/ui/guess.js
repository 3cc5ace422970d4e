// @ts-check
// A phone's own guess at a lesson's question: kept in this browser alone, and told to its visit after a reload. Whether
// the race was played after it is kept for the tab: what was guessed before stays what it was.

/**
 * @typedef {object} Given
 * @property {string} lesson stands for the lesson
 * @property {string | null} guess the letter that the visit knows of
 * @property {boolean} revealed whether the visit has had the race played
 */

/** @param {{ data: Given, parentElement: HTMLElement, setTriggerValue: (name: string, value: unknown) => void }} component */
export default function keepGuess({ data: { lesson, guess, revealed }, parentElement, setTriggerValue }) {
  const name = `optviz-guess-${lesson}`;
  // Which lessons this document has shown: one that is opened once more in it may be asked anew.
  const page = /** @type {{ optvizLessons?: Set<string> }} */ (globalThis);
  page.optvizLessons ??= new Set();
  const isLoaded = !page.optvizLessons.has(lesson);
  page.optvizLessons.add(lesson);
  try {
    if (guess) localStorage.setItem(name, guess);
    if (revealed) sessionStorage.setItem(name, "revealed");
    if (guess || revealed) return;
    const kept = localStorage.getItem(name);
    const wasRevealed = isLoaded && sessionStorage.getItem(name) !== null;
    // Said once: what the visit cannot use is not said again.
    if (!(kept || wasRevealed) || parentElement.dataset["told"] === lesson) return;
    parentElement.dataset["told"] = lesson;
    setTriggerValue("kept", { lesson, guess: kept, revealed: wasRevealed });
  } catch {
    // A browser that keeps nothing: then the guess lasts as long as the visit.
  }
}
