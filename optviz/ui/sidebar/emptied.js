// @ts-check
// Where a page has no sidebar, that of the page before is emptied when the run ends, and Streamlit's front end keeps the
// empty one until another run has ended: AppView.tsx looks at it before what is stale is taken away. So one is asked for.

const SIDEBAR = "[data-testid=stSidebar]";
const CONTENT = "[data-testid=stSidebarUserContent] [data-testid=stVerticalBlock]";

/** @type {MutationObserver | null} */
let watching = null;
/** @type {Element | null} the empty sidebar for which a run has been asked for */
let asked = null;

/**
 * @param {{ parentElement: Node, setTriggerValue: (name: string, value: unknown) => void }} component
 * @returns {() => void} called when it leaves the page
 */
export default function letSidebarGo({ parentElement, setTriggerValue }) {
  const stop = () => {
    watching?.disconnect();
    watching = null;
  };
  stop();
  const sidebar = document.querySelector(SIDEBAR);
  const look = () => {
    const content = sidebar?.querySelector(CONTENT);
    if (content && content.childElementCount > 0) asked = null;
    else if (content && asked !== sidebar) {
      asked = sidebar;
      setTriggerValue("emptied", true);
    }
  };
  if (sidebar) {
    watching = new MutationObserver(look);
    watching.observe(sidebar, { childList: true, subtree: true });
    look();
  }
  return () => {
    if (parentElement.isConnected) return;
    stop();
    asked = null;
  };
}
