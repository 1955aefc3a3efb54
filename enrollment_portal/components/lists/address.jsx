import { useEffect, useLayoutEffect, useRef } from "react";
import { useLocation } from "react-router";
import { isSameList } from "./same_list.js";
import { Visit } from "./visit.js";

const scrollKey = (path) => `list-scroll:${path}`;

// The server may have added a slash to an address that was typed in.
const isAt = (path) => location.pathname.replace(/\/$/, "") === path;

/**
 * Keeps the address bar equal to what a list page shows, and restores its scroll position.
 *
 * The server sends the query string (`search`), whether it is a new step in the browser's history
 * (`pushes`), and at which query string it was asked for it (`asked`): an answer that comes after
 * the person has gone elsewhere is not written. The router handles going back and forward: it loads the page again. But the
 * router does not know the steps made here, and does nothing on the way back to the address that
 * it has already: then `onReturn` loads it.
 *
 * A tab's state outlives its pages: when the page appears, it may still hold the rows of another
 * address. They are hidden until the server has answered for this one.
 */
export function PageAddress({ path, search, pushes, asked, isHydrated, onReturn }) {
  const isFirst = useRef(true);
  const known = useRef("");
  const goesBack = useRef(onReturn);
  const place = useRef({ at: "", y: 0 });
  const visit = useRef(new Visit());
  const { search: routed } = useLocation();

  useEffect(() => {
    known.current = routed;
    goesBack.current = onReturn;
  });

  useEffect(() => {
    const goBack = () => {
      visit.current.at(location.search);
      if (isAt(path) && location.search === known.current) goesBack.current?.();
    };
    window.addEventListener("popstate", goBack);
    return () => window.removeEventListener("popstate", goBack);
  }, [path]);

  const isAwaited = useRef(true);
  const wasHydrated = useRef(true);
  const shown = useRef(search);
  useLayoutEffect(() => {
    // After a link within the app, the state is still marked as loaded at first. On a page that is
    // drawn only after it was loaded, the first other answer is one to a person's act.
    if (isHydrated && (!wasHydrated.current || search !== shown.current)) isAwaited.current = false;
    wasHydrated.current = isHydrated;
    shown.current = search;
    const isOther = !isAt(path) || location.search !== (search ? `?${search}` : "");
    document.documentElement.toggleAttribute("data-awaits-list", isAwaited.current && isOther);
  }, [path, search, isHydrated]);
  useLayoutEffect(() => () => document.documentElement.removeAttribute("data-awaits-list"), []);

  const remember = () => {
    // While the page is being left, the address is already that of the next one.
    if (isAt(path)) place.current = { at: location.search, y: window.scrollY };
  };

  useEffect(() => {
    visit.current.at(location.search);
    // On load the address is right; the state may still be that of an earlier visit.
    if (isFirst.current || !isHydrated) {
      isFirst.current = false;
      return;
    }
    const wanted = search ? `?${search}` : "";
    if (isAt(path) && location.search !== wanted && visit.current.includes(asked)) {
      const url = path + wanted;
      const current = history.state ?? {};
      if (pushes) {
        const key = Math.random().toString(36).slice(2, 10);
        const isOtherList = !isSameList(location.search, wanted);
        history.pushState({ ...current, idx: (current.idx ?? 0) + 1, key }, "", url);
        if (isOtherList) window.scrollTo(0, 0);
      } else {
        history.replaceState(current, "", url);
      }
      visit.current.writes(wanted);
    }
    remember();
  }, [path, search, pushes, asked, isHydrated]);

  useEffect(() => {
    // Until the server has answered, `path` may be that of the page with the list before.
    if (!isAt(path)) return undefined;
    remember();
    window.addEventListener("scroll", remember, { passive: true });
    const saved = JSON.parse(sessionStorage.getItem(scrollKey(path)) ?? "null");
    sessionStorage.removeItem(scrollKey(path));
    if (saved?.at === location.search && saved.y > 0) {
      requestAnimationFrame(() => window.scrollTo(0, saved.y));
    }
    return () => {
      window.removeEventListener("scroll", remember);
      sessionStorage.setItem(scrollKey(path), JSON.stringify(place.current));
    };
  }, [path]);

  return null;
}
