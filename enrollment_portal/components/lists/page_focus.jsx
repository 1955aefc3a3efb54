import { useEffect, useState } from "react";
import { useLocation, useNavigationType } from "react-router";
import { OwnActs } from "./own_acts.js";

const WAIT_MS = 5_000; // a page that takes longer leaves the focus alone

let left = ""; // the path of the page that was left last
let titleBefore = ""; // what it was called
/** @type {"back" | "tab" | "step" | ""} */
let followed = ""; // the kind of link: to a list, a record's other page, or the record beside it

/** The path of the page that was left, where the way leads back to a list; "" otherwise. */
export const pathToReturnTo = (type) => (type === "POP" || followed === "back" ? left : "");

function noteClick({ target }) {
  titleBefore = document.title;
  if (!(target instanceof Element)) return;
  if (target.closest('nav[aria-label="Breadcrumb"] a')) followed = "back";
  else if (target.closest("[data-page-tabs] a")) followed = "tab";
  else followed = target.closest("[data-keeps-focus] a") ? "step" : "";
}

function noteWayBack() {
  titleBefore = document.title;
}

/** The heading of the page; null while it is loading. */
function headingOfPage() {
  const main = document.getElementById("content");
  if (!main || main.ariaBusy === "true" || main.querySelector("[aria-label=Loading]")) return null;
  const heading = main.querySelector("h1") ?? main.querySelector("h2");
  return heading?.textContent.trim() ? heading : null;
}

/** What gets the focus on a page that was returned to: the link to what was left. */
function linkTo(path) {
  const links = [...document.querySelectorAll("#content a[href]")];
  return links.find((link) => link.pathname === path);
}

/** Calls `act` with the page's heading once it is there; returns what ends the waiting. */
function whenLoaded(act) {
  const end = () => {
    observer.disconnect();
    clearTimeout(timer);
  };
  const here = location.pathname;
  const check = (isLate) => {
    // The next page is in the document before this one's effects end.
    if (location.pathname !== here) return;
    const heading = headingOfPage();
    // A page of the same kind shows the record before until this one is read.
    if (!heading || (document.title === titleBefore && isLate !== true)) return;
    end();
    act(heading);
  };
  const observer = new MutationObserver(check);
  observer.observe(document.documentElement, {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: ["aria-busy"],
  });
  const timer = setTimeout(() => {
    check(true);
    end();
  }, WAIT_MS);
  check();
  return end;
}

/** The link to a page that was left, else the heading: what gets the focus where no row leads there. */
export const placeWithoutRow = (path) => linkTo(path) ?? document.querySelector("#content h1");

/** Focus a link, or a heading, which takes no focus by itself. */
export function focusOn(place) {
  if (!place.matches("a")) {
    place.tabIndex = -1;
    place.classList.add("outline-none");
  }
  place.focus({ preventScroll: true });
}

/**
 * Moves the focus to the heading of a page that was opened by a click, and notes which page is left;
 * part of every page.
 *
 * Where the link that was followed keeps the focus, it returns the page's title, to be announced.
 */
export function usePageFocus() {
  const { pathname } = useLocation();
  const type = useNavigationType();
  const [announcement, setAnnouncement] = useState("");
  useEffect(() => {
    const from = left;
    const back = pathToReturnTo(type);
    const acts = new OwnActs(document);
    const open = (heading) => {
      const active = document.activeElement;
      if (!acts.mayMoveFocus(active === document.body)) return;
      if (followed === "tab" || followed === "step") {
        const tab = document.querySelector("[data-page-tabs] [aria-current=page]");
        if (active === document.body) focusOn(followed === "tab" && tab ? tab : heading);
        setAnnouncement(document.title);
      } else focusOn(heading);
    };
    const comeBack = (heading) => {
      // A table does that itself, once its rows are there.
      if (document.activeElement !== document.body || document.querySelector("table.ledger"))
        return;
      focusOn(linkTo(back) ?? heading);
    };
    setAnnouncement("");
    const isOpened = from && from !== pathname;
    const end = isOpened ? whenLoaded(back ? comeBack : open) : undefined;
    return () => {
      end?.();
      acts.end();
      left = pathname;
    };
  }, [pathname, type]);
  useEffect(() => {
    if (!announcement) return;
    // A page that is taken away while it is open must not leave its name here.
    const observer = new MutationObserver(() => {
      if (document.title !== announcement) setAnnouncement("");
    });
    observer.observe(document.head, { subtree: true, childList: true, characterData: true });
    return () => observer.disconnect();
  }, [announcement]);
  useEffect(() => {
    document.addEventListener("click", noteClick, true);
    window.addEventListener("popstate", noteWayBack, true);
    return () => {
      document.removeEventListener("click", noteClick, true);
      window.removeEventListener("popstate", noteWayBack, true);
    };
  }, []);
  return announcement;
}

/** The same on a page outside of the portal's frame. */
export function PageFocus() {
  usePageFocus();
  return null;
}
