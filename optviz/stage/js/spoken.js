// @ts-check
// What of Streamlit's own page says which language it speaks.

/**
 * @param {{ language: string, skip: string }} words skip: the first link that Tab finds, which leads past the controls
 */
export function speakOnThePage({ language, skip }) {
  // Readers of the screen choose their voice by it.
  document.documentElement.lang = language;
  const link = document.querySelector("[data-testid=stSkipToContent]");
  if (link) link.textContent = skip;
}
