// The two words in shell.js in whose place shell.py puts what the server knows.

declare const SAID: Record<"en" | "zh", { refused: string; waiting: string }>;
/** Where the stage's clipboard.js is. */
declare const CLIPBOARD: string;
/** What Streamlit's own script reads of where its server is. */
interface Window { __streamlit?: { BACKEND_BASE_URL: string } }
