// @ts-check

/**
 * Copies a text. The clipboard of the browser is only there on safe origins, which a classroom's server often is not.
 * @param {string} text
 * @returns {Promise<boolean>} whether it was copied
 */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    document.body.appendChild(field);
    const before = document.activeElement;
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    if (before instanceof HTMLElement) before.focus();
    return done;
  }
}
