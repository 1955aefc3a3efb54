/** The place of a dialog that opens below a button. */

const MARGIN = 8;
const MOST_HEIGHT = 420;

/**
 * Places an open dialog below what opened it; on a narrow screen the stylesheet does.
 *
 * @param {HTMLDialogElement} dialog
 * @param {Element} opener
 */
export function placeBelow(dialog, opener) {
  const { left, right, bottom } = opener.getBoundingClientRect();
  const width = dialog.offsetWidth;
  const isRtl = document.documentElement.dir === "rtl";
  const start = isRtl ? right - width : left;
  // Not the document's width, which includes the place of a scrollbar that is not there.
  const page = document.body.getBoundingClientRect();
  const [least, most] = [page.left + MARGIN, page.right - width - MARGIN];
  dialog.style.setProperty("--menu-left", `${Math.max(least, Math.min(start, most))}px`);
  // Where there is little room below, it moves up over its opener.
  const lowest = window.innerHeight - Math.min(dialog.scrollHeight, MOST_HEIGHT) - MARGIN;
  dialog.style.setProperty("--menu-top", `${Math.max(MARGIN, Math.min(bottom + 4, lowest))}px`);
}
