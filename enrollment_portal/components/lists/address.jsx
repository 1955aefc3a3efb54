import { useEffect, useLayoutEffect, useRef } from "react";
import { useLocation } from "react-router";

const scrollKey = (path) => `list-scroll:${path}`;

// The server may have added a slash to an address that was typed in.
const isAt = (path) => location.pathname.replace(/\/$/, "") === path;

/**
 * Keeps the address bar at what a list page shows, and its scroll position for the way back.
 *
 * The server says the query string (`search`) and whether it is a new step in the browser's
 * history (`pushes`). Going back and forward is the router's: it asks the server again. But the
 * router knows nothing of the steps made here, and does nothing on the way back to where it
 * believes to be already: then `onReturn` asks.
 *
 * A tab's state outlives its pages: what it holds when the page appears may be what was shown
 * before at another address. That is not shown until the server has answered for this one.
 */
export function PageAddress({ path, search, pushes, isHydrated, onReturn }) {
  const isFirst = useRef(true);
  const known = useRef("");
  const asks = useRef(onReturn);
  const place = useRef({ at: "", y: 0 });
  const { search: routed } = useLocation();

  useEffect(() => {
    known.current = routed;
    asks.current = onReturn;
  });

  useEffect(() => {
    const goBack = () => {
      if (isAt(path) && location.search === known.current) asks.current?.();
    };
    window.addEventListener("popstate", goBack);
    return () => window.removeEventListener("popstate", goBack);
  }, [path]);

  const isAwaited = useRef(true);
  const wasHydrated = useRef(true);
  useLayoutEffect(() => {
    // On the way here within the app, it has not noticed yet that it is on its way.
    if (isHydrated && !wasHydrated.current) isAwaited.current = false;
    wasHydrated.current = isHydrated;
    const isOther = !isAt(path) || location.search !== (search ? `?${search}` : "");
    document.documentElement.toggleAttribute("data-awaits-list", isAwaited.current && isOther);
  }, [path, search, isHydrated]);
  useLayoutEffect(() => () => document.documentElement.removeAttribute("data-awaits-list"), []);

  const remember = () => {
    // While the page is being left, the address is the next one's already.
    if (isAt(path)) place.current = { at: location.search, y: window.scrollY };
  };

  useEffect(() => {
    // On arrival the address is already right; what is in state may still be an older visit's.
    if (isFirst.current || !isHydrated) {
      isFirst.current = false;
      return;
    }
    const wanted = search ? `?${search}` : "";
    if (isAt(path) && location.search !== wanted) {
      const url = path + wanted;
      const current = history.state ?? {};
      if (pushes) {
        const key = Math.random().toString(36).slice(2, 10);
        history.pushState({ ...current, idx: (current.idx ?? 0) + 1, key }, "", url);
        window.scrollTo(0, 0);
      } else {
        history.replaceState(current, "", url);
      }
    }
    remember();
  }, [path, search, pushes, isHydrated]);

  useEffect(() => {
    // Until the server has answered, `path` may be that of the page the list stood on before.
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
