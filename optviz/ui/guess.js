// @ts-check
// A phone's own guess at a lesson's question: kept in this browser alone, and told to its visit after a reload.

/**
 * @typedef {object} Given
 * @property {string} lesson stands for the lesson
 * @property {string | null} guess the letter that the visit knows of
 */

/** @param {{ data: Given, parentElement: HTMLElement, setTriggerValue: (name: string, value: unknown) => void }} component */
export default function keepGuess({ data: { lesson, guess }, parentElement, setTriggerValue }) {
  const name = `optviz-guess-${lesson}`;
  try {
    if (guess) {
      localStorage.setItem(name, guess);
      return;
    }
    const kept = localStorage.getItem(name);
    // Said once: what the visit cannot use is not said again.
    if (!kept || parentElement.dataset["told"] === lesson) return;
    parentElement.dataset["told"] = lesson;
    setTriggerValue("kept", { lesson, guess: kept });
  } catch {
    // A browser that keeps nothing: then the guess lasts as long as the visit.
  }
}
