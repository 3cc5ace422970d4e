(() => {
  // Streamlit looks for its server below the page's own path first, and there is none: two errors on each page but the first.
  window.__streamlit ??= { BACKEND_BASE_URL: new URL(".", document.baseURI).href };
  // Before the app has been connected there is none of it to say anything: not why the WebSocket is refused, and not that
  // it never opens.
  const said = SAID;
  const PATIENCE = 20000; // milliseconds
  const wanted = new URLSearchParams(location.search).get("lang") ?? navigator.language ?? "en";
  const told = wanted.toLowerCase().startsWith("zh") ? said.zh : said.en;
  const connected = () => document.querySelector('[data-test-connection-state="CONNECTED"]') !== null;
  /** @param {string} sentence */
  const tell = (sentence) => {
    if (document.getElementById("optviz-unconnected")) return;
    const banner = document.createElement("p");
    banner.id = "optviz-unconnected";
    banner.setAttribute("role", "alert");
    banner.textContent = sentence;
    banner.style.cssText =
      "position:fixed;inset:0 0 auto 0;z-index:2147483647;margin:0;padding:0.9rem 1.2rem;text-align:center;" +
      "font:1rem/1.5 system-ui,sans-serif";
    document.body.appendChild(banner);
    const watch = window.setInterval(() => {
      if (!connected()) return;
      banner.remove();
      window.clearInterval(watch);
    }, 500);
  };
  window.addEventListener("DOMContentLoaded", () => {
    const ask = new URL("optviz-assets/origin?of=" + encodeURIComponent(location.origin), document.baseURI);
    fetch(ask)
      .then((answer) => answer.json())
      .then((answer) => {
        if (!answer.allowed && !connected()) tell(told.refused.replace("{origin}", location.origin));
      })
      .catch(() => {});
    window.setTimeout(() => {
      if (!connected()) tell(told.waiting);
    }, PATIENCE);
  });
  // Streamlit opens the sidebar where the window is wide, as that of a phone on its side is: there it hides the picture.
  // What the visitor has chosen, which Streamlit keeps under this name, stays.
  const LEAST_OF_A_TABLET = 500; // pixels of a screen's shorter side
  const KEPT = "stSidebarCollapsed-";
  try {
    const isPhone = matchMedia("(pointer: coarse)").matches && Math.min(screen.width, screen.height) <= LEAST_OF_A_TABLET;
    if (isPhone && localStorage.getItem(KEPT) === null) localStorage.setItem(KEPT, "true");
  } catch {
    // A browser that keeps nothing.
  }
  // On a narrow screen the sidebar lies over the page: who has chosen another page in it wants to see that.
  document.addEventListener("click", ({ target }) => {
    const isLink = target instanceof Element && target.closest("[data-testid=stSidebar] [data-testid=stSidebarNavLink]");
    if (!isLink || !window.matchMedia("(max-width: 768px)").matches) return;
    window.setTimeout(() => {
      const closes = "[data-testid=stSidebar][data-collapsed=false] [data-testid=stSidebarCollapseButton] button";
      document.querySelector(closes)?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    });
  });
  // A code is as large as the window while somebody wants to read it from afar.
  /** @param {Element | null | undefined} code */
  const toggle = (code) => code?.toggleAttribute("data-whole");
  document.addEventListener("click", ({ target }) => toggle(target instanceof Element ? target.closest(".optviz-qr-larger") : null));
  document.addEventListener("keydown", (event) => {
    const shown = event.key === "Escape" && document.querySelector(".optviz-qr-larger[data-whole]");
    if (!shown) return;
    toggle(shown);
    event.stopPropagation();
  }, true);
  // What a page's script may not do: a run's own HTML comes without scripts.
  document.addEventListener("click", async ({ target }) => {
    const button = target instanceof Element ? target.closest(".optviz-link button") : null;
    if (!button) return;
    const { copied } = await import(CLIPBOARD);
    if (!(await copied(button.previousElementSibling?.textContent ?? ""))) return;
    const [before, after] = [button.textContent, button.getAttribute("data-copied")];
    if (before === after) return;
    button.textContent = after;
    window.setTimeout(() => { if (button.textContent === after) button.textContent = before; }, 2000);
  });
})();
