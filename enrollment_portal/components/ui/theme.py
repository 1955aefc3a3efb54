"""The look: design tokens for light and dark, and CSS rules that classes cannot express.

A token is a CSS custom property; Tailwind's classes (`text-ink2`, `bg-panel`) name the tokens, so a
theme is a set of values. Every text colour has a contrast of 4.5:1 on every background it is used
on, in both themes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reflex_base.plugins import Plugin

# name: (light, dark)
COLOURS: dict[str, tuple[str, str]] = {
    "bg": ("#fbfbfc", "#101014"),
    "panel": ("#ffffff", "#16161b"),
    "side": ("#f5f5f7", "#131318"),
    "line": ("#e4e4ea", "#2a2a33"),
    "line2": ("#eeeef2", "#1f1f26"),
    "field": ("#8b8b98", "#6c6c7c"),
    "ink": ("#16161d", "#ececf1"),
    "ink2": ("#55555f", "#b0b0bd"),
    "ink3": ("#666672", "#9a9aa8"),
    "hover": ("#f6f7fb", "#1c1c24"),
    "accent": ("#3451d1", "#8ea2ff"),
    "accent-ink": ("#ffffff", "#10122b"),
    "accent-soft": ("#e9edff", "#232a4d"),
    "accent-text": ("#2c46bd", "#aab9ff"),
    "track": ("#e4e4ec", "#2e2e39"),
    "ok": ("#0f6643", "#6fd6a8"),
    "ok-soft": ("#e3f5ec", "#15302a"),
    "ok-bar": ("#1f9468", "#2fae7d"),
    "info": ("#2b4acb", "#a3b4ff"),
    "info-soft": ("#e8edff", "#222a4c"),
    "info-bar": ("#5673ee", "#6f86f5"),
    "mute": ("#565664", "#b0b0bd"),
    "mute-soft": ("#eeeef2", "#26262f"),
    "mute-bar": ("#8f8f9e", "#6b6b7a"),
    "bad": ("#b3261e", "#ff9b92"),
    "bad-soft": ("#fdecea", "#3a1d1b"),
    "warn": ("#7d4b00", "#f2c26b"),
    "warn-soft": ("#fff3dc", "#33270f"),
    "shade": ("#16161d66", "#000000a6"),
    "shaded": ("#a0a0a3", "#060607"),
    "tone0": ("#e6e9fb", "#262b4b"),
    "tone0-ink": ("#3a4799", "#b9c3ff"),
    "tone1": ("#e0f2ea", "#173029"),
    "tone1-ink": ("#1c6147", "#8fdcb8"),
    "tone2": ("#fbe8e1", "#3b2219"),
    "tone2-ink": ("#8f3d1d", "#ffb597"),
    "tone3": ("#f3e6f7", "#351f3d"),
    "tone3-ink": ("#7a3590", "#e2aef2"),
    "tone4": ("#e0f0f6", "#152f39"),
    "tone4-ink": ("#195d76", "#8fd3ec"),
    "tone5": ("#f7efd6", "#332b12"),
    "tone5-ink": ("#6e5200", "#ecd078"),
}

FONT = (
    'Inter, "Segoe UI", system-ui, -apple-system, "Helvetica Neue", Arial, "Noto Sans", '
    '"Noto Sans CJK SC", "Noto Sans Arabic", sans-serif'
)

FONT_SIZES = {
    "lead": "0.9375rem",
    "small": "0.8125rem",
    "fine": "0.78125rem",
    "mini": "0.75rem",
    "tiny": "0.71875rem",
    "micro": "0.6875rem",
}
"""Of Tailwind's classes `text-lead` and so on, beside its own; 1rem is the browser's font size."""

_RULES = """
:root { --along: 1; }
[dir="rtl"] { --along: -1; }
/* What people wrote is read in its own direction, and stands where the page's would. In Tailwind's
   own layer, so that its classes come first. */
@layer base {
  :is(a, button, dd, del, dt, h1, h2, h3, input, label, legend, li, option, p, span, strong, td,
    textarea, time) { unicode-bidi: plaintext; }
  :is(a, dd, del, dt, h1, h2, h3, label, legend, li, p, span, strong, td, time) {
    text-align: -webkit-match-parent; text-align: match-parent; }
  /* What the portal says is read in the page's direction, also where it begins with a name. */
  :is([role="status"], [role="alert"], [role="note"]) :is(li, p, span), [role="alert"], dialog p,
  [data-spoken], h1:has(> *) { unicode-bidi: isolate; }
  /* Of a sentence around names and values, its words decide. */
  .words { unicode-bidi: normal; }
}
[dir="rtl"] :is(.lucide-chevron-left, .lucide-chevron-right, .lucide-chevrons-left,
  .lucide-chevrons-right, .lucide-log-out, .lucide-undo-2) { transform: scaleX(-1); }
html { background: var(--bg); color: var(--ink); scrollbar-gutter: stable; }
body { font: 0.875rem/1.25rem var(--font); -webkit-font-smoothing: antialiased; min-width: 320px; }
button { cursor: pointer; }
button:disabled, [aria-disabled="true"] { cursor: default; }
button[aria-busy="true"] { opacity: 0.6; cursor: progress; }
/* A field within a box of its own leaves it to the box. */
input[type="date"]:focus-within,
:focus-visible:not(.outline-none) { outline: 2px solid var(--accent); outline-offset: 2px; }
input, select, textarea { accent-color: var(--accent); }
::placeholder { color: var(--ink3); opacity: 1; }
/* A long word breaks before it widens what it stands in. */
.break-words { overflow-wrap: anywhere; }
:where(.grid) > * { min-width: 0; }
::selection { background: var(--accent-soft); color: var(--accent-text); }
::highlight(search-match) { background: var(--accent-soft); color: var(--accent-text); }
time, output { font-variant-numeric: tabular-nums; }

/* The bar is the element's own background: drawing its inner parts would cost as much as the rest
   of a row. Its width comes from a class for each percentage. */
progress { appearance: none; border: 0; height: 0.375rem; border-radius: 0.1875rem;
  vertical-align: middle; content-visibility: hidden;
  background: linear-gradient(var(--bar), var(--bar)) 0 / var(--done) 100% no-repeat var(--track); }
progress::-webkit-progress-bar, progress::-webkit-progress-value { background: transparent; }
progress::-moz-progress-bar { background: transparent; }
[dir="rtl"] progress { background-position: 100%; }
progress.active { --bar: var(--info-bar); }
progress.completed { --bar: var(--ok-bar); }
progress.cancelled { --bar: var(--mute-bar); }

/* A shape of its own for each status, so that nothing depends on colour. It precedes the word in
   the direction of the page. */
.badge { unicode-bidi: isolate; }
.badge::before { content: ""; display: inline-block; width: 0.4375rem; height: 0.4375rem;
  margin-inline-end: 0.375rem; background: currentColor; vertical-align: middle;
  position: relative; top: -1px; }
.badge.active::before { border-radius: 50%; }
.badge.completed::before { border-radius: 2px; transform: rotate(45deg); }
.badge.cancelled::before { height: 2px; }

/* A click anywhere in a row follows its link (assets/rows.js); where the link has the focus, the
   whole row shows it. Nothing covers the row, so that its text can be selected. */
.row { position: relative; }
.row:has(.row-link) { cursor: pointer; }
/* What is shown with some choices only. What follows a `:has` names a rare class: after each change
   of the page, a browser computes the styles of all that it could mean anew. */
.only-points { display: none; }
.chooses:has(option[value="points"]:checked) .only-points { display: block; }
.chooses:has(option[value="letters"]:checked) .unless-letters,
.chooses:has(option[value="pass_fail"]:checked) .unless-pass_fail,
.chooses:has(option[value="instructor"]:checked) .unless-instructor,
.chooses:has(option[value="group_lead"]:checked) .unless-group_lead { display: none; }
/* Without this, Chromium begins no selection in a link. */
.row-link { user-select: text; }
.row-link::after { content: ""; position: absolute; inset: 0; pointer-events: none; }
.row-link:focus-visible { outline: none; }
.row-link:focus-visible::after { outline: 2px solid var(--accent); outline-offset: -2px; }

/* The button at the end of a row, over it: where it is pointed at or has the focus, and always
   where nothing can point. */
.ledger .peek { width: 0; padding: 0; overflow: visible; }
.peek > button { position: absolute; inset-inline-end: 0.5rem; top: calc(50% - 0.875rem);
  z-index: 1; display: grid; place-items: center; width: 1.75rem; height: 1.75rem;
  border: 1px solid var(--line); border-radius: 0.5rem; background: var(--panel);
  color: var(--ink2); opacity: 0;
  pointer-events: auto; }
.peek > button::before { content: ""; width: 0.875rem; height: 0.75rem; border: 1.5px solid;
  border-inline-end-width: 0.375rem; border-radius: 0.1875rem; }
.row:hover .peek > button, .row:focus-within .peek > button { opacity: 1; }
.peek > button:hover { color: var(--ink); border-color: var(--field); }
@media (hover: none) {
  .peek > button { opacity: 1; }
  @container (width >= 54rem) {
    .ledger > tbody > tr > :nth-last-child(2) { padding-inline-end: 2.75rem; }
  }
}
@container (width < 66rem) {
  #ledger > .ledger[data-names="learner"] tr > :is(th, td).peek { position: absolute; inset: 0;
    width: auto; pointer-events: none; }
}
@container (width < 54rem) {
  .ledger > tbody > tr > td.peek { position: absolute; inset: 0; width: auto;
    pointer-events: none; }
  .peek > button { top: 0.5rem; }
  .deadline-edit { display: inline; min-height: 0; margin: 0; padding: 0;
    text-decoration: underline dotted; text-underline-offset: 0.1875rem; }
  .deadline-edit:not(:empty)::after { content: none; }
  .deadline-edit:empty { display: inline-grid; place-items: center; min-height: 1.25rem; }
}
@container (width < 36rem) {
  .ledger > tbody > tr > :is(:first-child, .select + *):has(~ .peek) { padding-inline-end: 2rem; }
}
.row[data-peeked] { background: var(--accent-soft); }
@media print { .peek { display: none; } }

/* The palette, in the upper part of the page; on a phone over all of it. */
dialog.palette { margin-block-start: 12vh; width: min(36rem, calc(100% - 2rem)); max-width: none;
  max-height: min(28rem, 72dvh); overflow: hidden; }
dialog.palette[open] { display: flex; }
@media (max-width: 39.9375rem) {
  dialog.palette { inset: 0; margin: 0; width: 100%; height: 100dvh; max-height: none; border: 0;
    border-radius: 0; }
}

/* The panel beside a ledger. */
dialog.panel { position: fixed; inset-block: 0; inset-inline: auto 0; margin: 0; padding: 0;
  width: min(36rem, 100%); max-width: none; height: 100dvh; max-height: none; border: 0;
  border-inline-start: 1px solid var(--line); border-radius: 0; background: var(--bg); }
dialog.panel[open] { display: flex; flex-direction: column; }
dialog.panel::backdrop { background: color-mix(in srgb, var(--shade) 20%, transparent); }
@media (prefers-reduced-motion: no-preference) {
  dialog.panel[open] { animation: slide-in 0.14s ease-out; }
}
@keyframes slide-in { from { transform: translateX(calc(1.5rem * var(--along))); opacity: 0; } }

/* A deadline that can be changed in its row: its pencil shows where it is pointed at. */
.deadline-edit { display: inline-flex; align-items: center; gap: 0.375rem; min-width: 1.5rem;
  min-height: 1.5rem; margin-block: -0.1875rem; margin-inline-start: -0.375rem;
  padding-inline: 0.375rem; border-radius: 0.375rem; white-space: nowrap; text-align: start;
  position: relative; z-index: 1; }
.deadline-edit::after { content: ""; flex: none; width: 0.75rem; height: 0.75rem; opacity: 0;
  background: currentColor; clip-path: polygon(0 100%, 6% 70%, 64% 12%, 88% 36%, 30% 94%, 0 100%,
  70% 6%, 78% 0, 100% 22%, 94% 30%); }
.row:hover .deadline-edit::after, .deadline-edit:is(:focus-visible, :hover)::after {
  opacity: 0.75; }
.deadline-edit:hover { background: var(--mute-soft); color: var(--ink); }
@media (hover: none) { .deadline-edit::after { opacity: 0.75; } }

/* The columns' widths are fixed, so that nothing moves when rows arrive. */
.list { container-type: inline-size; }
.list .label, .sort-bar { display: none; }
.label { font-size: 0.78125rem; font-weight: 400; color: var(--ink3); }
.label::after { content: " "; margin-inline-end: 0.125rem; }
.ledger { table-layout: fixed; border-collapse: collapse; width: 100%; }
.ledger > tbody > tr { height: 3rem; }
/* On a wide screen, a text that is too long for its row is cut off, and its title has all of it. */
@container (width < 62rem) {
  .ledger > tbody > tr > *, .ledger > tbody .truncate { white-space: normal; overflow: visible;
    overflow-wrap: anywhere; }
}
:where(.ledger .learner) { width: 26%; }
/* The checkboxes: a narrow column, or at the start of rows that are no table rows. */
:where(.ledger .select) { width: 2.5rem; position: relative; user-select: none; }
.ledger .select > label { position: absolute; inset: 0; }
.ledger .select + * { padding-inline-start: 0.25rem; }
.ledger .select input { width: 1rem; height: 1rem; accent-color: var(--accent); }
:where(.ledger .status) { width: 8rem; }
:where(.ledger .progress) { width: 10.75rem; }
:where(.ledger .enrolled) { width: 7.375rem; }
:where(.ledger .deadline) { width: 11rem; }
/* The further columns, and the layout that its viewer chose. */
:where(.ledger .more-visited, .ledger .more-completed) { width: 7.625rem; }
:where(.ledger .more-grade) { width: 6rem; }
:where(.ledger .more-department) { width: 10rem; }
:where(.ledger .more-manager) { width: 10.5rem; }
:where(.ledger .more-instructor) { width: 11.5rem; }
:where(.ledger .more-origin) { width: 12rem; }
:where(.ledger .more-pace) { width: 8rem; }
:where(.ledger .more-run) { width: 5rem; }
:where(.ledger[data-layout="own"] .learner) { width: 17rem; }
:where(.ledger[data-layout="own"] .course) { width: 15rem; }
[data-own-columns] #ledger .ledger :is(thead th, tbody[aria-hidden]) { visibility: hidden; }
.ledger thead th { position: relative; }
.ledger th[draggable="true"] { cursor: grab; }
.ledger th[data-drop]::after { content: ""; position: absolute; inset-block: 0.25rem;
  inset-inline-start: -1px; width: 2px; background: var(--accent); }
.ledger th[data-drop="after"]::after { inset-inline: auto -1px; }
.column-edge { position: absolute; inset-block: 0; inset-inline-end: 0; width: 0.625rem;
  cursor: col-resize; touch-action: none; }
.column-edge::after { content: ""; position: absolute; inset-block: 0.5rem; inset-inline-end: 0;
  width: 1px; background: transparent; }
.ledger thead:hover .column-edge::after { background: var(--line); }
.column-edge:is(:hover, :active, :focus-visible)::after { width: 2px; background: var(--accent); }
/* On one line: the second one follows the first, or is left out where the row's page has it. */
@container (width >= 54rem) {
  .ledger[data-density="compact"] > tbody > tr { height: 2.125rem; }
  .ledger[data-density="spacious"] > tbody > tr { height: 4rem; }
  .ledger[data-density="compact"] > tbody > tr > * { padding-block: 0; overflow: hidden;
    text-overflow: ellipsis; white-space: nowrap; }
  .ledger[data-density="compact"] > tbody > tr > .learner { overflow: visible; }
  .ledger[data-density="compact"] > tbody > tr > .learner > div { display: none; }
  .ledger[data-density="compact"] .learner > .row-link { line-height: 2.125rem; margin: 0;
    padding: 0; }
  .ledger[data-density="compact"] .float-start { width: 1.375rem; height: 1.375rem;
    margin-block: 0.375rem; line-height: 1.375rem; }
  .ledger[data-density="compact"] > tbody > tr > td > div { display: inline; margin: 0 0 0 0.375rem;
    white-space: nowrap; }
}
@container (width >= 54rem) {
  .ledger[data-layout="own"] { min-width: var(--layout-width); }
}
/* A table that is wider than its place scrolls in it; headings and learners stay in view. */
.list[data-scrolls] { overflow: auto; }
.list[data-scrolls] > .ledger :is(.select, .learner) { position: sticky; z-index: 2;
  background: inherit; inset-inline-start: 0; }
.list[data-scrolls] > .ledger .select + .learner { inset-inline-start: 2.5rem; }
.list[data-scrolls] > .ledger > tbody > tr { background: var(--panel); }
.list[data-scrolls] > .ledger > tbody > tr:hover { background: var(--hover); }
.list[data-scrolls] .learner { box-shadow: inset -1px 0 var(--line); }
.list[data-scrolls] thead .learner { box-shadow: inset -1px -1px var(--line); }
@media screen and (min-height: 35rem) {
  .list[data-scrolls] { min-height: 15rem;
    max-height: calc(100dvh - var(--sticky-top, 0px) - 5.5rem); }
  .list[data-scrolls] > .ledger > thead th { position: sticky; top: 0; z-index: 3; }
  .list[data-scrolls] > .ledger > thead :is(.select, .learner) { z-index: 4; }
}
/* What narrows a list, and its headings, stay in view, unless they would fill a low screen. */
.sticky-top { position: relative; }
.ledger thead { background: var(--panel); }
.ledger thead :is(tr, th) { background: inherit; }
.ledger thead th { box-shadow: inset 0 -1px var(--line); }
@media screen and (min-height: 35rem) and (min-width: 40rem), screen and (min-height: 46.25rem) {
  .sticky-top { position: sticky; top: 0; z-index: 10; background: var(--bg); }
  .ledger thead th, .sort-bar { position: sticky; top: var(--sticky-top, 0px); z-index: 9; }
  @container (54rem <= width < 66rem) {
    #ledger[data-hides=""] > .ledger > thead { position: sticky; top: var(--sticky-top, 0px);
      z-index: 9; }
  }
  main :is(table, ul, ol, :where(.sticky-top ~ *)) :is(a, button, input, [tabindex]) {
    scroll-margin: calc(var(--sticky-top, 0px) + 3.25rem) 0 1.5rem; }
  /* Who turns pages keeps the button in view, while the page shows its first rows. */
  .pager { position: sticky; bottom: 0; z-index: 8;
    background: linear-gradient(transparent, var(--bg) 0.625rem); }
  .selection-bar { position: sticky; bottom: 3.5rem; z-index: 8; }
  html:has(.pager) { scroll-padding-bottom: 3.5rem; }
  main .pager button { scroll-margin: 0 0 -3.5rem; }
  html:has(.selection-bar) { scroll-padding-bottom: 11rem; }
  main .selection-bar button { scroll-margin: 0 0 -11rem; }
  main .selection-bar ~ .pager button { scroll-margin: 0 0 -11rem; }
}

/* Save stays in view below the fields of a form that is longer than the screen. */
.save-bar { border-radius: 0 0 0.75rem 0.75rem; }
@media screen and (min-height: 30rem) {
  .save-bar { position: sticky; bottom: 0; z-index: 5; }
  html:has(.save-bar) { scroll-padding-bottom: 4.5rem; }
  .save-bar button { scroll-margin-bottom: -4.5rem; }
}

/* The grading grid: where all of it fits, the page alone scrolls; where not, the grid does, in a
   box that leaves room for what is above and below it. Either way its headings stay in view. */
/* The text of the cell that is being read is all there. */
.grid-scroller td:focus > :is(.truncate, .line-clamp-2) { display: block; overflow: visible;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.grid-scroller td[tabindex] { scroll-margin-inline-start: 10.625rem; }
@media (min-width: 48rem) {
  .grid-scroller td[tabindex] { scroll-margin-inline-start: 15rem; }
}
@media screen and (min-height: 35rem) {
  .grid-scroller thead th { position: sticky; top: 0; z-index: 2;
    background: var(--panel); box-shadow: inset 0 -1px var(--line); }
  .grid-scroller thead th:first-child { z-index: 3; }
}
@media screen and (min-height: 35rem) and (max-width: 79.3125rem) {
  .grid-scroller { overflow: auto; min-height: 15rem;
    max-height: calc(100dvh - var(--sticky-top, 0px) - 9.25rem); }
  main .grid-scroller :is(a, [tabindex]) { scroll-margin-top: 2.75rem; }
}
@media screen and (min-height: 35rem) and (min-width: 79.375rem) {
  .grid-scroller { overflow: clip; }
  .grid-scroller thead th { top: var(--sticky-top, 0px); }
}

/* A column that would hold the same in every row. */
[data-hides="course"] .course { display: none !important; }
/* What is of the past looks like it, whatever is scrolled into view. */
[data-as-of]:not([data-as-of=""]) { border: 1px dashed var(--info); }
[data-as-of]:not([data-as-of=""]) thead { background: var(--info-soft); }

/* Until the server has answered for its address, a list holds what it showed before. */
[data-awaits-list] .ledger > tbody:not([aria-hidden], [data-filled]),
[data-awaits-list] [aria-label="Pages"] p { visibility: hidden; }
[data-awaits-list] [role="tab"] { border-color: transparent; background: none; box-shadow: none;
  color: var(--ink2); }

.bone { border-radius: 0.25rem; background: var(--mute-soft); }
@media (prefers-reduced-motion: no-preference) {
  .bone { animation: breathe 1.6s ease-in-out infinite; }
  .appears { animation: appear 0.16s ease-out; }
}
@media (prefers-reduced-motion: no-preference) {
  /* Two names of one thing: with another name it begins again. */
  .flash-even { animation: flash-even 2s ease-out; }
  .flash-odd { animation: flash-odd 2s ease-out; }
}
@keyframes flash-even { from { background: var(--accent-soft); } }
@keyframes flash-odd { from { background: var(--accent-soft); } }
@keyframes breathe { 50% { opacity: 0.45; } }
@keyframes appear { from { opacity: 0; transform: translateY(-2px); } }

dialog { margin: auto; border: 1px solid var(--line); border-radius: 0.75rem; padding: 1.25rem;
  background: var(--panel); color: var(--ink); max-width: min(26.25rem, calc(100vw - 2rem));
  box-shadow: 0 1rem 3rem var(--shade); }
dialog::backdrop { background: var(--shade); }
/* Nothing sticks over what is in a dialog. */
main dialog :is(a, button, input, [tabindex]) { scroll-margin: 0; }
/* Beside a page that does not scroll, the scrollbar's place is not under the backdrop. */
html:has(dialog:modal:not([data-menu])) { background: var(--shaded); }
@media (max-width: 39.9375rem) { html:has(dialog:modal) { background: var(--shaded); } }

@media (max-width: 63.9375rem) {
  #sidebar { position: fixed; inset-block: 0; inset-inline: 0 auto; z-index: 30; visibility: hidden;
    transform: translateX(calc(-100% * var(--along))); }
  [data-drawer="open"] #sidebar { visibility: visible; transform: none; }
  [data-drawer="open"] #drawer-shade { display: block; }
}
@media (max-width: 63.9375rem) and (prefers-reduced-motion: no-preference) {
  /* It hides once it has moved away, and shows at once: what is hidden takes no focus. */
  #sidebar { transition: transform 0.16s ease-out, visibility 0s 0.16s; }
  [data-drawer="open"] #sidebar { transition-delay: 0s; }
}
/* A theme of the system's own colours keeps no backgrounds: its colours for what is selected, and
   borders, say the same. */
@media (forced-colors: active) {
  /* Gradients are not painted there. */
  .pager { background: Canvas; }
  [role="tab"][aria-selected="true"], [data-page-tabs] [aria-current="page"],
  #sidebar [aria-current="page"], [aria-pressed="true"], [role="option"][aria-selected="true"] {
    forced-color-adjust: none; background: SelectedItem; color: SelectedItemText; }
  [role="tab"][aria-selected="true"] *, [data-page-tabs] [aria-current="page"] *,
  #sidebar [aria-current="page"] *, [aria-pressed="true"] *,
  [role="option"][aria-selected="true"] * { color: inherit; }
  [role="tab"], [data-page-tabs] a, [aria-pressed] { border: 1px solid; }
  .deadline-edit::after { forced-color-adjust: none; background: ButtonText; }
  .row[data-peeked], [role="option"][data-active] { outline: 2px solid Highlight;
    outline-offset: -2px; }
  ::highlight(search-match) { background: Mark; color: MarkText; }
  .badge { border: 1px solid; }
  .badge::before { forced-color-adjust: none; background: CanvasText; }
  progress { forced-color-adjust: none; border: 1px solid CanvasText;
    background: linear-gradient(Highlight, Highlight) 0 / var(--done) 100% no-repeat Canvas; }
  dialog, #sidebar { border: 1px solid; }
  [aria-disabled="true"] { color: GrayText; border-color: GrayText; }
}
.print-only { display: none; }
@media print {
  #sidebar, #header, .no-print { display: none !important; }
  /* The app writes the theme's into the element itself. */
  html { background: #fff; color: #000; color-scheme: light !important; }
  .print-only { display: block; }
  main:has(.print-rows) #ledger { display: none; }
  .print-rows tr { break-inside: avoid; }
}
"""

_STACKED = """
/* Where a table is too narrow for its columns, each of its rows is a list of labelled values. */
@container (width < {width}rem) {
  .below-{width}, .below-{width} > tbody { display: block; }
  .below-{width} > thead { display: none; }
  .list:has(.below-{width}) .sort-bar { display: flex; }
  .below-{width} .label { display: inline; }
  .below-{width} > tbody > tr { display: grid; height: auto; padding: 0.5rem 0.875rem 0.625rem;
    grid-template-columns: repeat(12, minmax(0, 1fr)); gap: 0.125rem 0.5rem;
    align-items: baseline; }
  .below-{width} > tbody > tr > * { display: block; grid-column: span 6; width: auto; padding: 0;
    text-align: start; font-size: 0.8125rem; line-height: 1.25rem; }
  .below-{width} > tbody > tr > :is(:first-child, .select + *, .course) { grid-column: 1 / -1; }
  .below-{width} > tbody > tr > :is(:first-child, .select + *) { font-size: 0.875rem;
    padding-bottom: 0.25rem; }
  .below-{width} > tbody > tr > :has(> .float-start) { padding-inline-start: 2.375rem; }
  .below-{width} .float-start { margin-inline-start: -2.375rem; }
  .below-{width} > tbody > tr > .progress { white-space: nowrap; }
  .below-{width} progress { width: 2.75rem; }
  .below-{width} progress + span { width: auto; margin-inline-start: 0.375rem; }
  .below-{width} .badge { vertical-align: baseline; }
  .below-{width} > tbody > tr > td:has(> .label + :empty:last-child:not(button)) {
    display: none; }
  .below-{width} .label + .truncate { display: inline; }
  .below-{width} .label + a { margin: 0; padding-inline: 0; }
  .below-{width} > tbody > tr > .do { grid-column: 1 / -1; }
  .below-{width} > tbody > tr > :is(.remove, .standing) { text-align: end; }
  .below-{width} > tbody > tr > .remove { grid-area: 1 / 9 / auto / -1; }
  .below-{width} > tbody > tr > :first-child:has(~ .remove) { grid-column: 1 / 9; }
}
@container (width < {width}rem) {
  .below-{width} > tbody > tr:has(> .select) { position: relative; padding-inline-start: 2.75rem; }
  .below-{width} > tbody > tr > td.select { position: absolute; inset-block: 0;
    inset-inline: 0 auto; width: 2.75rem; padding: 0; grid-area: auto; }
  .below-{width} > tbody > tr > td.select > label { place-items: start center;
    padding-top: 0.75rem; }
}
@container (width < 20rem) { .below-{width} > tbody > tr > td { grid-column: 1 / -1; } }
@container (36rem <= width < {width}rem) {
  .below-{width} > tbody > tr { grid-template-rows: auto auto 1fr; }
  .below-{width} > tbody > tr > * { grid-column: span 4; }
  .below-{width} > tbody > tr > :is(:first-child, .select + *) {
    grid-area: 1 / 1 / span 3 / span 4; }
  .below-{width} > tbody > tr > :is(.remove, .standing) { grid-area: 1 / 10 / span 3 / -1; }
  .below-{width} > tbody > tr > :first-child:has(~ :is(.remove, .standing)) {
    grid-area: 1 / 1 / span 3 / span 5; }
}
@container (48rem <= width < {width}rem) {
  .below-{width} > tbody > tr { grid-template: auto 1fr /
    repeat(3, minmax(0, 1.35fr)) repeat(9, minmax(0, 1fr)); }
  .below-{width} > tbody > tr > * { grid-column: span 3; }
  .below-{width} > tbody > tr > :is(:first-child, .select + *) {
    grid-area: 1 / 1 / span 2 / span 3; }
  .below-{width} > tbody > tr > .sections { grid-column: span 6; }
  .below-{width} > tbody > tr > .do { grid-column: span 9; }
}
"""
_ON_TWO_LINES = """
/* The whole ledger, where it is stacked: who and in what beside each other if there is room. */
@container (36rem <= width < 54rem) {
  #ledger[data-hides=""] > .ledger > tbody > tr > td { grid-column: span 3; }
  #ledger[data-hides=""] > .ledger > tbody > tr > :is(.learner, .course) {
    grid-area: 1 / auto / auto / span 6; }
}
/* Between that and a wide screen, its headings and rows have two lines: when somebody was enrolled
   is below the course. */
@container (54rem <= width < 66rem) {
  #ledger[data-hides=""] > .ledger[data-names="learner"]:not([data-layout="own"]) {
    & .column-edge { display: none; }
    &, & > :is(thead, tbody) { display: block; }
    & tr { display: grid; height: auto; min-height: 3rem; align-items: center;
      grid-template: auto auto / minmax(0, 1.35fr) minmax(0, 1fr) 7.5rem 8rem 10.5rem; }
    & > thead > tr { min-height: 0; }
    & > tbody > tr { padding-block: 0.25rem; }
    & :is(th, td) { display: block; width: auto; grid-row: 1 / span 2; }
    & :is(td, th).course { grid-area: 1 / 2; align-self: end; }
    & :is(td, th).enrolled { grid-area: 2 / 2; align-self: start; }
    & > thead th { padding-block: 0; position: static; box-shadow: none; }
    & > thead { box-shadow: 0 1px var(--line); padding-block: 0.25rem; }
    & > tbody :is(.learner, .course, .learner .truncate) { white-space: normal; overflow: visible;
      overflow-wrap: anywhere; }
    & td.enrolled { font-size: 0.78125rem; line-height: 1.125rem; color: var(--ink3); }
    & td.enrolled .label { display: inline; }
    & .learner:has(> .float-start) { padding-inline-start: 3.25rem; }
    & .float-start { margin-inline-start: -2.375rem; }
    & progress { width: 3rem; }
    & tr:has(> .select) { position: relative; padding-inline-start: 2.5rem; }
    & :is(td, th).select { position: absolute; inset-block: 0; inset-inline-start: 0;
      width: 2.5rem; }
  }
}
/* What stands in for headings that are not there. */
.sort-bar { flex-wrap: wrap; align-items: center; gap: 0.5rem; padding: 0.5rem 0.875rem;
  background: var(--panel); border-bottom: 1px solid var(--line);
  border-radius: 0.75rem 0.75rem 0 0; }
"""
_STACKING_WIDTHS = (45, 54, 62)


def css() -> str:
    """Return the stylesheet: the tokens of both themes and the rules that use them."""

    def tokens(column: int) -> str:
        return "".join(f"--{name}:{pair[column]};" for name, pair in COLOURS.items())

    return (
        f":root{{--font:{FONT};color-scheme:light;{tokens(0)}}}\n"
        # Paper is white, whatever the screen is.
        f"@media not print{{:root.dark{{color-scheme:dark;{tokens(1)}}}}}\n{_RULES}"
        + "".join(_STACKED.replace("{width}", str(width)) for width in _STACKING_WIDTHS)
        + _ON_TWO_LINES
        + "".join(f".p{n}{{--done:{n}%}}" for n in range(101))
    )


def tailwind() -> dict[str, Any]:
    """Return Tailwind's configuration: its colour classes name the tokens."""
    return {
        "theme": {
            "extend": {
                "colors": {name: f"var(--{name})" for name in COLOURS},
                "fontFamily": {"sans": ["var(--font)"]},
                "fontSize": FONT_SIZES,
            }
        }
    }


_DOCUMENT = "app/_document.js"
_HEAD = 'jsx("head",{},'
_STYLESHEET = re.compile(r'jsx\("link",\{href:reflexGlobalStyles,rel:"stylesheet"[^}]*\},?\),?')


class ThemePlugin(Plugin):
    """Adds the stylesheet of the tokens to the build."""

    def get_static_assets(self, **_context: Any) -> Sequence[tuple[Path, str | bytes]]:
        """Return the stylesheet as a file of the build."""
        return [(Path("styles") / "theme.css", css())]

    def get_stylesheet_paths(self, **_context: Any) -> Sequence[str]:
        """Return the path by which the build includes the stylesheet."""
        return ["./theme.css"]

    def pre_compile(self, **context: Any) -> None:
        """Have each page ask for its stylesheet, without which nothing is shown, first."""
        context["add_modify_task"](_DOCUMENT, stylesheet_first)


def stylesheet_first(document: str) -> str:
    """Return the module of the document with the stylesheet as the first element of its head."""
    sheet = _STYLESHEET.search(document)
    if sheet is None or _HEAD not in document:
        raise ValueError(f"{_DOCUMENT} has no stylesheet in its head")
    return document.replace(sheet[0], "").replace(_HEAD, _HEAD + sheet[0], 1)
