import { Children, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { areSingleKeysOn } from "../lists/single_keys.jsx";
import { LeaveDialog } from "../ui/dialog.jsx";
import { AnswersAwaited, idIn, stepOf } from "./panel_steps.js";

const TITLE_ID = "panel-title";
const TAB = "panel-tab"; // the tab that was open last
const TYPED_IN = "input, textarea, select, [contenteditable]";

const rowOf = (id) => document.querySelector(`[data-peek="${id}"]`)?.closest(".row");
const linkOf = (id) => rowOf(id)?.querySelector("a.row-link");

function Mark({ path, className }) {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={className}
    >
      <path d={path} />
    </svg>
  );
}

/** The button to the enrollment before or after; at the end it stays where it is. */
function Step({ to, name, label, mark, className, onStep }) {
  return (
    <button
      type="button"
      title={name || label}
      aria-disabled={!to}
      className={className}
      onClick={() => onStep(to)}
    >
      <Mark path={mark} className="size-4" />
      <span className="sr-only">{name ? `${label}: ${name}` : label}</span>
    </button>
  );
}

function Bones({ label, className }) {
  return (
    <div role="status" aria-label={label} aria-busy="true" className={className}>
      <div className="bone h-3 w-24" />
      {[1, 2, 3, 4, 5, 6].map((line) => (
        <div key={line} className="bone h-3 w-full max-w-72" />
      ))}
    </div>
  );
}

/**
 * The panel beside the ledger. It opens at once from a row's button, or by Space on the row's link,
 * and is filled when the server has answered.
 *
 * `peek` is what the server shows there, `answered` how often it has answered `onOpen` and `onClose`;
 * `shown` is the enrollment that the children show: people, overview, form, and what else there is
 * to say.
 */
export function EnrollmentPanel(props) {
  const { peek, answered, shown, phase, title, isDirty, place, rows, path, guardText } = props;
  const { texts, classNames, onOpen, onClose, children } = props;
  const [people, overview, form, trouble] = Children.toArray(children);
  const dialog = useRef(null);
  const heading = useRef(null);
  const [wanted, setWanted] = useState(0);
  const [name, setName] = useState("");
  const [tab, setTab] = useState("overview");
  const [hasForm, setHasForm] = useState(false);
  // What is done once unsaved changes are discarded.
  const [waiting, setWaiting] = useState(null);
  const answers = useRef(null);
  answers.current ??= new AnswersAwaited(answered);
  const last = useRef(0);
  const opener = useRef(null);
  const now = useRef({});
  const isReady = wanted !== 0 && phase === "ready" && shown === wanted;
  const isTrouble = wanted !== 0 && (phase === "missing" || phase === "failed");
  const previous = isReady ? idIn(place.previous) : 0;
  const next = isReady ? idIn(place.next) : 0;

  const show = (to, label) => {
    answers.current.ask();
    setName(label);
    setWanted(to);
    onOpen(to);
  };
  const leave = () => {
    answers.current.ask();
    setWanted(0);
    onClose();
  };
  /** Does something that leaves the enrollment, or asks first. */
  const unlessDirty = (act) => {
    if (isDirty && isReady) setWaiting(() => act);
    else act();
  };
  const step = (to) => to && unlessDirty(() => show(to, ""));
  const close = () => unlessDirty(leave);
  const choose = (which) => {
    localStorage.setItem(TAB, which);
    setTab(which);
  };

  useEffect(() => {
    now.current = { show };
  });

  useEffect(() => {
    if (answers.current.isAnswered(answered)) setWanted(peek);
  }, [peek, answered]);

  useEffect(() => {
    const open = (row, from) => {
      opener.current = from;
      now.current.show(Number(row.dataset.peek), row.dataset.title);
    };
    const click = ({ target }) => {
      const button = target instanceof Element && target.closest("[data-peek]");
      if (button) open(button, button);
    };
    const press = (event) => {
      if (event.key !== " " || event.defaultPrevented) return;
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      const link = event.target instanceof Element && event.target.closest("#ledger a.row-link");
      const button = link?.closest(".row").querySelector("[data-peek]");
      if (!button) return;
      event.preventDefault();
      if (!event.repeat) open(button, link);
    };
    document.addEventListener("click", click);
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("click", click);
      document.removeEventListener("keydown", press);
    };
  }, []);

  useLayoutEffect(() => {
    if (wanted && !dialog.current.open) {
      setTab(localStorage.getItem(TAB) === "manage" ? "manage" : "overview");
      dialog.current.showModal();
      heading.current?.focus();
    } else if (!wanted && dialog.current.open) {
      dialog.current.close();
      setWaiting(null);
      const from = opener.current;
      const isSame = from?.isConnected && from.closest(".row") === rowOf(last.current);
      const instead = linkOf(last.current) ?? document.querySelector("#ledger a.row-link");
      (isSame ? from : instead)?.focus({ preventScroll: true });
      opener.current = null;
    }
    last.current = wanted;
  }, [wanted]);

  // What is typed is kept while the tabs are changed.
  useEffect(() => setHasForm(tab === "manage"), [wanted]);
  useEffect(() => {
    if (tab === "manage") setHasForm(true);
  }, [tab]);
  useEffect(() => {
    if (isReady && isDirty) setTab("manage");
  }, [isReady]);

  useEffect(() => {
    const row = wanted ? rowOf(wanted) : null;
    row?.setAttribute("data-peeked", "");
    if (row && document.activeElement && dialog.current?.contains(document.activeElement))
      row.scrollIntoView({ block: "nearest" });
    return () => row?.removeAttribute("data-peeked");
  }, [wanted, rows]);

  const press = (event) => {
    const { target, key } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
      return;
    if (target.closest("dialog") !== dialog.current) return;
    const to = stepOf(key, {
      isInHead: target.closest("[data-panel-head]") !== null && !target.matches("[role=tab]"),
      isTyped: target.matches(TYPED_IN),
      hasSingleKeys: areSingleKeysOn(),
    });
    if (!to) return;
    event.preventDefault();
    step(to === "next" ? next : previous);
  };

  const shownTitle = isReady ? title : name || texts.panel;
  const page = `${path}/${wanted}${tab === "manage" ? "/manage" : ""}${place.suffix}`;
  const tabs = [
    ["overview", texts.overview],
    ["manage", texts.manage],
  ];
  return (
    <dialog
      ref={dialog}
      data-menu=""
      aria-labelledby={TITLE_ID}
      className="panel"
      onKeyDown={press}
      onCancel={(event) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        close();
      }}
      onClose={(event) => event.target === dialog.current && wanted && leave()}
      onClick={(event) => event.target === dialog.current && close()}
    >
      {wanted !== 0 && (
        <div className={classNames.inside}>
          <div data-panel-head="" className={classNames.head}>
            <div className={classNames.bar}>
              <Step
                to={previous}
                name={previous ? place.previous_name : ""}
                label={texts.previous}
                mark="m18 15-6-6-6 6"
                className={classNames.iconButton}
                onStep={step}
              />
              <Step
                to={next}
                name={next ? place.next_name : ""}
                label={texts.next}
                mark="m6 9 6 6 6-6"
                className={classNames.iconButton}
                onStep={step}
              />
              <Link to={page} className={classNames.page}>
                {texts.openPage}
              </Link>
              <button
                type="button"
                title={texts.close}
                className={classNames.iconButton}
                onClick={close}
              >
                <Mark path="M18 6 6 18M6 6l12 12" className="size-4" />
                <span className="sr-only">{texts.close}</span>
              </button>
            </div>
            <h2 ref={heading} id={TITLE_ID} tabIndex={-1} className={classNames.title}>
              {shownTitle}
            </h2>
            <div className={classNames.tabLine}>
              <div role="tablist" aria-label={texts.panel} className={classNames.tabs}>
                {tabs.map(([which, label]) => (
                  <button
                    key={which}
                    id={`panel-tab-${which}`}
                    type="button"
                    role="tab"
                    aria-selected={tab === which}
                    aria-controls="panel-content"
                    tabIndex={tab === which ? 0 : -1}
                    className={classNames.tab}
                    onClick={() => choose(which)}
                  >
                    {label}
                  </button>
                ))}
              </div>
              {isReady && people}
            </div>
          </div>
          <p role="status" className="sr-only">
            {isReady ? title : ""}
          </p>
          <div
            id="panel-content"
            role="tabpanel"
            // The overview may hold nothing that takes the focus, and is scrolled by keys all the same.
            tabIndex={tab === "overview" ? 0 : undefined}
            aria-labelledby={`panel-tab-${tab}`}
            className={classNames.content}
          >
            {isReady && (
              <>
                {tab === "overview" && overview}
                {hasForm && <div hidden={tab !== "manage"}>{form}</div>}
              </>
            )}
            {isTrouble && trouble}
            {!isReady && !isTrouble && <Bones label={texts.loading} className={classNames.bones} />}
          </div>
          <LeaveDialog
            blocker={{
              state: waiting ? "blocked" : "unblocked",
              reset: () => setWaiting(null),
              proceed: () => {
                // The form's own button discards what is typed, here and at the server.
                dialog.current.querySelector("[data-gives-up]")?.click();
                const act = waiting;
                setWaiting(null);
                act();
              },
            }}
            title="panel-unsaved"
            actions={classNames.actions}
            stay={classNames.stay}
            leave={classNames.leave}
          >
            <h2 id="panel-unsaved" className={classNames.guardTitle}>
              {guardText.title}
            </h2>
            <p className={classNames.guardText}>{guardText.text}</p>
          </LeaveDialog>
        </div>
      )}
    </dialog>
  );
}
