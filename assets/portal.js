// What must happen before the first paint, and the keyboard: everything else is the app's.
(() => {
  const root = document.documentElement;

  // The theme, before anything is drawn. The app keeps it up to date afterwards.
  const theme = localStorage.getItem("theme") || "system";
  const dark =
    theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  root.classList.add(dark ? "dark" : "light");

  // Other columns than the standard ones: until the app is there, no headings are shown.
  if (localStorage.getItem("ledger-layout")) root.dataset.ownColumns = "";

  // The viewer's time zone, which the server shows moments in.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `portal_zone=${zone}; path=/; max-age=31536000; samesite=lax`;

  // The menu of narrow screens: while it is open, the rest of the page is inert.
  const setDrawer = (open, { returnsFocus = false } = {}) => {
    if (open === (root.dataset.drawer === "open")) return;
    root.dataset.drawer = open ? "open" : "";
    const button = document.getElementById("drawer-button");
    button?.setAttribute("aria-expanded", String(open));
    const page = document.getElementById("page");
    if (page) page.inert = open;
    if (open) document.querySelector("#sidebar a")?.focus();
    else if (returnsFocus) button?.focus();
  };
  matchMedia("(min-width: 64rem)").addEventListener("change", () => setDrawer(false));

  // "Skip to content" moves the focus and leaves the address alone, which the ledger writes.
  const skip = (event) => {
    if (!(event.target instanceof Element) || !event.target.closest('a[href$="#content"]')) return;
    event.preventDefault();
    event.stopPropagation();
    setDrawer(false);
    document.getElementById("content")?.focus();
  };
  document.addEventListener("click", skip, { capture: true });

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest("#drawer-button")) setDrawer(true);
    else if (target.closest("#drawer-shade")) setDrawer(false, { returnsFocus: true });
    // Another page moves the focus to its heading; where the link leads to this one, nothing does.
    else if (target.closest("#sidebar a")) setDrawer(false, { returnsFocus: true });
  });

  // The account menu closes when something else is clicked, and once it has led somewhere.
  const closeMenu = (leavesFocus) => {
    const menu = document.getElementById("account-menu");
    if (!menu?.open) return false;
    menu.open = false;
    if (!leavesFocus) menu.querySelector("summary")?.focus();
    return true;
  };
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element) || !target.closest("#account-menu summary")) closeMenu(true);
  });

  // Open, it would cover what has the focus after it.
  document.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof Element) || !target.closest("#account-menu")) closeMenu(true);
  });

  // Whoever signs out leaves no drafts in the tab.
  document.addEventListener("submit", ({ target }) => {
    if (new URL(target.action, location).pathname !== "/auth/sign-out") return;
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith("draft:")) sessionStorage.removeItem(name);
    }
  });

  // Rows may be there before the app is, which then does what was clicked on meanwhile. Links need
  // no app, and what is below answers itself.
  globalThis.earlyClicks = [];
  const OWN = "#drawer-button, #drawer-shade, summary, [type=submit]";
  document.addEventListener("click", ({ target }) => {
    if (!globalThis.earlyClicks || !document.querySelector("[data-filled=rows]")) return;
    const control =
      target instanceof Element ? target.closest("button, input[type=checkbox]") : null;
    if (control && !control.matches(OWN)) globalThis.earlyClicks.push(control);
  });

  // A form may be sent before the app is there, which fills in what the address says: the token of
  // an invitation, and where to go after signing in.
  document.addEventListener("submit", ({ target }) => {
    const fill = (name, values) => {
      const field = target.querySelector(`input[type=hidden][name=${name}]`);
      if (field && !field.value) field.value = new URLSearchParams(values).get(name) ?? "";
    };
    fill("token", location.hash.slice(1));
    fill("next", location.search);
  });

  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (!target) return;
    // A dialog that was opened from the menu is closed first.
    const isInDialog = document.querySelector("dialog[open]");
    if (event.key === "Escape" && root.dataset.drawer === "open" && !isInDialog)
      return setDrawer(false, { returnsFocus: true });
    if (event.key === "Escape" && closeMenu(false)) return;

    // "/" goes to the search, from anywhere but a field.
    const typing = target.matches("input, textarea, select, [contenteditable]");
    const isOn = localStorage.getItem("single-keys-off") === null;
    if (event.key === "/" && isOn && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const box = document.querySelector("main [data-search]");
      event.preventDefault();
      // On a page without a search of its own, it is the palette.
      if (!box) return document.getElementById("palette-button")?.click();
      box.focus();
      box.select();
      return;
    }

    // Arrow keys move between the tabs of a list of tabs, as its pattern asks.
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step && target.getAttribute("role") === "tab") {
      const tabs = [...target.closest("[role=tablist]").querySelectorAll("[role=tab]")];
      const at = tabs.indexOf(target) + step;
      const next =
        tabs[
          step === -Infinity
            ? 0
            : step === Infinity
              ? tabs.length - 1
              : (at + tabs.length) % tabs.length
        ];
      event.preventDefault();
      next.focus();
      next.click();
    }
  });
})();
