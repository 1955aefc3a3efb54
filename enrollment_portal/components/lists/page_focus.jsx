import { useEffect } from "react";
import { useLocation, useNavigationType } from "react-router";

const WAIT_MS = 5_000; // a page that takes longer leaves the focus alone

let left = ""; // the path of the page that was left last
/** @type {"back" | "tab" | ""} */
let followed = ""; // the kind of link that was clicked last: to a list, or between a record's pages

/** The path of the page that was left, where the way leads back to a list; "" otherwise. */
export const pathToReturnTo = (type) => (type === "POP" || followed === "back" ? left : "");

function noteClick({ target }) {
  if (!(target instanceof Element)) return;
  if (target.closest('nav[aria-label="Breadcrumb"] a')) followed = "back";
  else followed = target.closest("[data-page-tabs] a") ? "tab" : "";
}

/** Where the focus belongs on a page that was opened by a click; null while it is loading. */
function placeOnPage() {
  const main = document.getElementById("content");
  if (!main || main.ariaBusy === "true") return null;
  if (followed === "tab") return document.querySelector("[data-page-tabs] [aria-current=page]");
  const heading = main.querySelector("h1") ?? main.querySelector("h2");
  return heading?.textContent.trim() ? heading : null;
}

/** Focuses the page's heading, or the tab that was followed, once it is there; returns what ends that. */
function focusPage() {
  const end = () => {
    observer.disconnect();
    clearTimeout(timer);
  };
  const focus = () => {
    if (document.activeElement !== document.body) return end();
    const place = placeOnPage();
    if (!place) return undefined;
    if (place.localName !== "a") {
      place.tabIndex = -1;
      place.classList.add("outline-none");
    }
    place.focus({ preventScroll: true });
    return end();
  };
  const observer = new MutationObserver(focus);
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: ["aria-busy"],
  });
  const timer = setTimeout(end, WAIT_MS);
  focus();
  return end;
}

/** Moves the focus to a page that was opened by a click, and notes which page is left; part of every page. */
export function usePageFocus() {
  const { pathname } = useLocation();
  const type = useNavigationType();
  useEffect(() => {
    const isOpened = left && left !== pathname && !pathToReturnTo(type);
    const end = isOpened ? focusPage() : undefined;
    return () => {
      end?.();
      left = pathname;
    };
  }, [pathname, type]);
  useEffect(() => {
    document.addEventListener("click", noteClick, true);
    return () => document.removeEventListener("click", noteClick, true);
  }, []);
}
