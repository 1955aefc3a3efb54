import { Children, useLayoutEffect, useRef, useState } from "react";
import { useFirstHtml } from "../../lists/first_rows.jsx";
import { fill } from "../../ui/wording.js";
import {
  besides,
  flexibleColumn,
  hasStandardColumns,
  LEAST_WIDTH,
  MOST_WIDTH,
  neededWidth,
  OWN_WIDTHS,
  STANDARD,
  visibleColumns,
  WIDTH_STEP,
  withWidth,
} from "./layout.js";
import { change, flush, layoutNow, useShown } from "./layout_store.jsx";

const CHECKBOXES_REM = 2.5;
/** Below this width of the list its rows are stacked, and widths do not matter. */
const STACKED_REM = 54;

// The roles stay where the stylesheet changes how the elements are displayed.
const AS_HEADING = { role: "columnheader", scope: "col" };
const AS_CELL = { role: "cell" };

const rem = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

/** The class by which the stylesheet finds the cells of a column. */
const classOf = (key) => (STANDARD.includes(key) ? key : `more-${key}`);

const useColumns = (first) => {
  const { layout, offered, read } = useShown();
  return { layout, read, columns: visibleColumns(layout, offered, first) };
};

/** A table whose columns follow the layout; where it is wider than its place, that scrolls. */
export function LayoutTable({ first, ariaBusy, children, ...rest }) {
  const { layout, columns } = useColumns(first);
  const table = useRef(null);
  const isOwn = !hasStandardColumns(layout);
  const needed = neededWidth(layout, columns) + CHECKBOXES_REM;
  const html = useFirstHtml(ariaBusy === "true", table);

  useLayoutEffect(() => {
    delete document.documentElement.dataset.ownColumns; // from here on, the table has them
    const place = table.current.closest(".list");
    const fit = () => {
      const width = place.clientWidth / rem();
      const scrolls = isOwn && width >= STACKED_REM && needed > width;
      place.toggleAttribute("data-scrolls", scrolls);
    };
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(place);
    return () => {
      observer.disconnect();
      place.removeAttribute("data-scrolls");
    };
  }, [isOwn, needed]);

  if (html !== null) {
    return (
      <table
        {...rest}
        data-names={first}
        key="first"
        ref={table}
        suppressHydrationWarning
        dangerouslySetInnerHTML={{ __html: html }}
      />
    );
  }
  return (
    <table
      {...rest}
      data-names={first}
      key="own"
      ref={table}
      aria-busy={ariaBusy}
      data-layout={isOwn ? "own" : "standard"}
      data-density={layout.density}
      style={isOwn ? { "--layout-width": `${needed}rem` } : undefined}
    >
      {children}
    </table>
  );
}

/** The edge of a heading that changes the column's width, by pointer or by arrow keys. */
function Separator({ column, label, width, texts, classNames }) {
  const start = useRef(null);
  const measured = ({ currentTarget }) =>
    (currentTarget.closest("th").getBoundingClientRect().width / rem()) * 16;
  const set = (to, saves = true) => change(withWidth(layoutNow(), column, to), { saves });

  const onKeyDown = (event) => {
    const isRtl = document.documentElement.dir === "rtl";
    const step = { ArrowLeft: isRtl ? 1 : -1, ArrowRight: isRtl ? -1 : 1 }[event.key];
    if (step) set((layoutNow().widths[column] ?? measured(event)) + step * WIDTH_STEP);
    else if (event.key === "Home") set(LEAST_WIDTH);
    else if (event.key === "End") set(MOST_WIDTH);
    else if (event.key === "Enter") set(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={fill(texts.width, { column: label })}
      aria-valuenow={width}
      aria-valuemin={LEAST_WIDTH}
      aria-valuemax={MOST_WIDTH}
      aria-valuetext={fill(texts.pixels, { n: String(width) })}
      title={texts.resize}
      className={classNames.separator}
      onKeyDown={onKeyDown}
      onDoubleClick={() => set(null)}
      // Otherwise the heading is dragged to another place.
      onMouseDown={(event) => event.preventDefault()}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus({ preventScroll: true });
        start.current = { x: event.clientX, width: measured(event), moved: false };
      }}
      onPointerMove={(event) => {
        if (!start.current) return;
        const along = document.documentElement.dir === "rtl" ? -1 : 1;
        const by = ((event.clientX - start.current.x) * along * 16) / rem();
        if (!by && !start.current.moved) return;
        start.current.moved = true;
        set(start.current.width + by, false);
      }}
      onLostPointerCapture={() => {
        if (start.current?.moved) set(layoutNow().widths[column]);
        start.current = null;
      }}
    />
  );
}

const Arrow = ({ isDown }) => (
  <svg
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="2"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
    className={`lucide-arrow-${isDown ? "down" : "up"} size-3.25`}
  >
    <path d={isDown ? "M12 5v14m7-7-7 7-7-7" : "m5 12 7-7 7 7M12 19V5"} />
  </svg>
);

/** The headings: each sorts, is dragged to another place, and has an edge for its width. */
export function Headings(props) {
  const { first, sort, descending, sortable, labels, courseLabel, texts, classNames } = props;
  const { onSort } = props;
  const { layout, columns } = useColumns(first);
  const [drag, setDrag] = useState(null);
  const isOwn = !hasStandardColumns(layout);
  const flexible = isOwn ? flexibleColumn(layout, columns) : null;

  const widthOf = (key) => {
    if (layout.widths[key] && key !== flexible) return `${layout.widths[key] / 16}rem`;
    return key === flexible ? "auto" : undefined;
  };
  const isAfter = ({ currentTarget, clientX }) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const isRight = clientX > left + width / 2;
    return isRight !== (document.documentElement.dir === "rtl");
  };
  return columns.map((key) => {
    const label = key === "course" ? courseLabel : labels[key];
    const isSorted = sort === key;
    const isFixed = key === first;
    const mark = drag?.over === key && drag.key !== key ? (drag.isAfter ? "after" : "before") : "";
    return (
      <th
        key={key}
        {...AS_HEADING}
        aria-sort={isSorted ? (descending ? "descending" : "ascending") : "none"}
        className={`${classOf(key)} ${classNames.heading}`}
        style={{ width: widthOf(key) }}
        data-drop={mark || undefined}
        draggable={!isFixed}
        onDragStart={(event) => {
          event.dataTransfer.effectAllowed = "move";
          event.dataTransfer.setData("text/plain", label);
          setDrag({ key });
        }}
        onDragEnd={() => setDrag(null)}
        onDragOver={(event) => {
          if (!drag) return;
          event.preventDefault();
          const after = isAfter(event) || isFixed;
          if (drag.over !== key || drag.isAfter !== after)
            setDrag({ ...drag, over: key, isAfter: after });
        }}
        onDrop={(event) => {
          if (!drag) return;
          event.preventDefault();
          change(besides(layoutNow(), drag.key, key, isAfter(event) || isFixed));
          flush();
          setDrag(null);
        }}
      >
        {sortable.includes(key) ? (
          <button
            type="button"
            className={isSorted ? `${classNames.sort} text-ink` : classNames.sort}
            onClick={() => onSort(key)}
          >
            <span className="truncate">{label}</span>
            <span className="size-3.25">{isSorted && <Arrow isDown={descending} />}</span>
          </button>
        ) : (
          <span className="truncate">{label}</span>
        )}
        <Separator
          column={key}
          label={label}
          width={layout.widths[key] ?? OWN_WIDTHS[key]}
          texts={texts}
          classNames={classNames}
        />
      </th>
    );
  });
}

function MoreCell({ column, cell, isRead, label }) {
  const { text = "", note = "", title = "", tone = "" } = cell ?? {};
  return (
    <td
      {...AS_CELL}
      title={title || text || undefined}
      className={`min-w-0 px-3.5 whitespace-nowrap truncate text-ink2 more-${column}`}
    >
      <span className="label">{label}</span>
      {isRead ? <span>{text}</span> : <span className="bone inline-block h-3 w-12" />}
      {note && (
        <div className={`second truncate text-fine leading-4 ${tone ? "text-warn" : "text-ink3"}`}>
          {note}
        </div>
      )}
    </td>
  );
}

const columnOf = (child) => child?.props?.["data-column"];

/** A row: its cells in the order of the layout, those of further columns made here. */
export function LayoutRow({ first, cells, labels, children, ...rest }) {
  const { columns, read } = useColumns(first);
  const parts = Children.toArray(children);
  const own = new Map(parts.map((part) => [columnOf(part), part]));
  const start = parts.findIndex(columnOf);
  const isBone = cells === undefined;
  return (
    <tr {...rest}>
      {parts.slice(0, start)}
      {columns.map(
        (key) =>
          own.get(key) ?? (
            <MoreCell
              key={key}
              column={key}
              cell={cells?.[key]}
              isRead={!isBone && Boolean(read?.includes(key))}
              label={isBone ? "" : labels[key]}
            />
          ),
      )}
      {parts.slice(start).filter((part) => !columnOf(part))}
    </tr>
  );
}
