import { useEffect, useRef } from "react";
import { useLocation, useNavigationType } from "react-router";
import { areSingleKeysOn } from "./single_keys.jsx";

const LINK = "a.row-link";
const STEPS = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 };

let left = ""; // the path of the page that was left last
let isBackLink = false; // whether the link that was clicked last leads back to a list

/** Remembers which page is left, and how; part of every page. */
export function useLeftPage() {
  const { pathname } = useLocation();
  useEffect(() => () => { left = pathname; }, [pathname]);
  useEffect(() => {
    const note = ({ target }) => {
      isBackLink = target instanceof Element && Boolean(target.closest('nav[aria-label="Breadcrumb"] a'));
    };
    document.addEventListener("click", note, true);
    return () => document.removeEventListener("click", note, true);
  }, []);
}

/** The link of the row that a key leads to from an element of a table; undefined for none. */
function linkFrom(target, key) {
  const links = [...target.closest("table").querySelectorAll(`tbody ${LINK}`)];
  const at = links.findIndex((link) => link.closest("tr").contains(target));
  if (key === "Home" || key === "End") return at < 0 ? undefined : links.at(key === "Home" ? 0 : -1);
  if (STEPS[key] === undefined) return undefined;
  return links[at + STEPS[key]];
}

/** Moves between the rows of a table by arrow keys, or by j and k; Enter is the link's own. */
function moveByKey(event) {
  const { target, key } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (!(target instanceof Element) || !target.closest("table.ledger")) return;
  if (target.matches("input, select, textarea")) return;
  if (key.length === 1 && !areSingleKeysOn()) return;
  const link = linkFrom(target, key);
  if (!link) return;
  event.preventDefault();
  link.focus();
}

/** The row whose page, or a page below it, has a path. */
function rowOf(path) {
  const isOver = (link) => `${path}/`.startsWith(`${link.pathname}/`);
  return [...document.querySelectorAll(`table.ledger ${LINK}`)].find(isOver);
}

/**
 * The keys of a table's rows; on the way back to it, the row that was left has the focus again.
 *
 * `rows` is what the table shows.
 */
export function RowKeys({ rows, isReady, isHydrated }) {
  const type = useNavigationType();
  const wanted = useRef("");

  useEffect(() => {
    wanted.current = type === "POP" || isBackLink ? left : "";
    document.addEventListener("keydown", moveByKey);
    return () => document.removeEventListener("keydown", moveByKey);
  }, []);

  useEffect(() => {
    if (!wanted.current || !isReady) return;
    const link = rowOf(wanted.current);
    if (link && document.activeElement === document.body) {
      link.focus({ preventScroll: true });
      // After the list has been scrolled to where it was.
      requestAnimationFrame(() => link.scrollIntoView({ block: "nearest" }));
    }
    // Before that, the rows may be those of an earlier visit.
    if (isHydrated) wanted.current = "";
  }, [rows, isReady, isHydrated]);

  return null;
}
