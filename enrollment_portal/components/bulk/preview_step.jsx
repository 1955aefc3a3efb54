import { plural } from "../ui/wording.js";

function Change({ change, texts, classNames }) {
  return (
    <div>
      <span className={classNames.changeLabel}>{`${change.label}: `}</span>
      <del className={classNames.before}>{change.before || texts.empty}</del>
      <span aria-hidden="true">{" → "}</span>
      <ins className={classNames.after}>{change.after || texts.empty}</ins>
    </div>
  );
}

function Rows({ label, rows, texts, classNames }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls by keyboard needs the focus.
    <section aria-label={label} tabIndex={0} className={classNames.rows}>
      <table className={classNames.table}>
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr>
            <th scope="col" className={classNames.heading}>
              {texts.learnerCourse}
            </th>
            <th scope="col" className={classNames.heading}>
              {texts.result}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-outcome={row.outcome}>
              <th scope="row" className={classNames.nameCell}>
                {row.name}
              </th>
              <td className={classNames.cell}>
                {row.changes.map((change) => (
                  <Change
                    key={change.label}
                    change={change}
                    texts={texts}
                    classNames={classNames}
                  />
                ))}
                {!row.changes.length && (
                  <span className={classNames.outcome}>{row.why || row.label}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What an action would do: counts, reasons, and the first rows before and after. */
export function PreviewStep(props) {
  const { preview, moved, refusal, isBusy, texts, classNames } = props;
  const { onBack, onApply, onCancel } = props;
  const { counts, reasons, rows, notices, n_change: n } = preview;
  return (
    <>
      {preview.selection && <p className={classNames.hint}>{preview.selection}</p>}
      <p role="alert" className={classNames.refusal}>
        {refusal}
      </p>
      <ul className={classNames.counts}>
        {counts.map((count) => (
          <li key={count} className={classNames.countItem}>
            {count}
          </li>
        ))}
      </ul>
      {reasons.length > 0 && (
        <ul aria-label={texts.whyRefused} className={classNames.reasons}>
          {reasons.map(({ why, n: nRefused }) => (
            <li key={why}>
              <span className={classNames.nRefused}>{nRefused}</span>
              <span>{why}</span>
            </li>
          ))}
        </ul>
      )}
      {notices.map((notice) => (
        <p key={notice} className={classNames.notice}>
          {notice}
        </p>
      ))}
      {moved.length > 0 && (
        <>
          <h3 className={classNames.subtitle}>{texts.movedRows}</h3>
          <Rows label={texts.movedRows} rows={moved} texts={texts} classNames={classNames} />
          <h3 className={classNames.subtitle}>{texts.previewRows}</h3>
        </>
      )}
      <Rows label={texts.previewRows} rows={rows} texts={texts} classNames={classNames} />
      <p className={classNames.hint}>{preview.more}</p>
      <p>
        <a href={preview.file} download={true} className={classNames.link}>
          {texts.downloadAll}
        </a>
      </p>
      {!n && <p className={classNames.hint}>{texts.nothingChosen}</p>}
      <div className={classNames.buttons}>
        <button type="button" className={classNames.button} onClick={onCancel}>
          {texts.cancel}
        </button>
        {onBack && (
          <button type="button" className={classNames.button} onClick={onBack}>
            {texts.back}
          </button>
        )}
        <button
          type="button"
          aria-disabled={isBusy || !n}
          className={classNames.primary}
          onClick={() => !isBusy && n > 0 && onApply()}
        >
          {isBusy ? texts.starting : plural(n, texts.apply)}
        </button>
      </div>
    </>
  );
}
