import { useEffect, useRef } from "react";
import { useNavigationType } from "react-router";
import { focusOn, pathToReturnTo, placeWithoutRow } from "./page_focus.jsx";
import { leadsToFirst, stepFrom } from "./row_steps.js";
import { areSingleKeysOn } from "./single_keys.jsx";

const LINK = "a.row-link";

/** What a key moves through: the rows of a table, or what a dialog's search has found. */
function stopsOf(element) {
  const dialog = element.closest("dialog");
  const found = dialog?.querySelector("[data-found]");
  if (found) return [...found.querySelectorAll("button, a")];
  const table =
    element.closest("table") ?? (dialog ? null : document.querySelector("main table.ledger"));
  return [...(table?.querySelectorAll(`tbody ${LINK}`) ?? [])];
}

const searchOf = (element) =>
  (element.closest("dialog") ?? document.querySelector("main"))?.querySelector(
    "input[data-search]",
  );

/** What a key leads to from an element of a table or of what was found; undefined for nothing. */
function stopFrom(target, key) {
  const stops = stopsOf(target);
  const at = stops.findIndex((stop) => (stop.closest("tr") ?? stop).contains(target));
  const to = stepFrom(key, at, stops.length);
  return to === "search" ? searchOf(target) : stops[to];
}

/** Whether the focus is on no part of the page, or on its heading. */
const isPage = (target) => target === document.body || target.matches("main h1");

/** The first row or result, where a key leads there from its search, or from no element. */
function firstFrom(target, key) {
  const search = target.closest("dialog") ? "dialog search" : "search";
  const place = isPage(target) ? "page" : search;
  return leadsToFirst(key, place) ? stopsOf(target)[0] : undefined;
}

/** Moves between rows or results by arrow keys, or by j and k; Enter is the link's own. */
function moveByKey(event) {
  const { target, key } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
    return;
  if (!(target instanceof Element) || event.isComposing) return;
  if (key.length === 1 && !areSingleKeysOn()) return;
  const isSearch = target.matches("input[data-search]:not([role=combobox])");
  const isOutside = isSearch || isPage(target);
  if (!isOutside && !target.closest("table.ledger, [data-found]")) return;
  if (!isSearch && target.matches("input, select, textarea")) return;
  const stop = isOutside ? firstFrom(target, key) : stopFrom(target, key);
  if (!stop) return;
  event.preventDefault();
  stop.focus();
}

/** The row whose page, or a page below it, has a path. */
function rowOf(path) {
  const isOver = (link) => `${path}/`.startsWith(`${link.pathname}/`);
  return [...document.querySelectorAll(`table.ledger ${LINK}`)].find(isOver);
}

/**
 * The keys of a table's rows; on the way back, the row whose page was left is focused again, else
 * the link that led there from beside the table, or the heading.
 *
 * `rows` is what the table shows.
 */
export function RowKeys({ rows, isReady, isHydrated }) {
  const type = useNavigationType();
  const wanted = useRef("");

  useEffect(() => {
    wanted.current = pathToReturnTo(type);
    document.addEventListener("keydown", moveByKey);
    return () => document.removeEventListener("keydown", moveByKey);
  }, []);

  useEffect(() => {
    if (!wanted.current || !isReady) return;
    const row = rowOf(wanted.current);
    const place = row ?? (isHydrated ? placeWithoutRow(wanted.current) : null);
    if (place && document.activeElement === document.body) {
      focusOn(place);
      // After the list has been scrolled to where it was.
      if (row) requestAnimationFrame(() => row.scrollIntoView({ block: "nearest" }));
    }
    // Before that, the rows may be those of an earlier visit.
    if (isHydrated) wanted.current = "";
  }, [rows, isReady, isHydrated]);

  return null;
}
