/** Where the keys lead to in a grid of cells. */

/** @typedef {[row: number, column: number]} Cell */

const PAGE_ROWS = 10;

/**
 * The cell that a key leads to; undefined for any other key.
 *
 * @param {{key: string, isCommand: boolean}} press `isCommand` with Ctrl or Cmd
 * @param {Cell} from
 * @param {{nRows: number, nColumns: number, isHidden: (column: number) => boolean}} grid on a
 *   phone, some columns are hidden
 * @returns {Cell | undefined}
 */
export function moveBy({ key, isCommand }, [row, column], { nRows, nColumns, isHidden }) {
  const lastRow = nRows - 1;
  const lastColumn = nColumns - 1;
  /** @type {(step: number) => number} */
  const shownBeside = (step) => {
    let at = column + step;
    while (at > 0 && at < nColumns && isHidden(at)) at += step;
    return at;
  };
  /** @returns {Cell | undefined} */
  const target = () => {
    switch (key) {
      case "ArrowUp":
        return [isCommand ? 0 : row - 1, column];
      case "ArrowDown":
        return [isCommand ? lastRow : row + 1, column];
      case "ArrowLeft":
        return [row, isCommand ? 0 : shownBeside(-1)];
      case "ArrowRight":
        return [row, isCommand ? lastColumn : shownBeside(1)];
      case "Home":
        return [isCommand ? 0 : row, 0];
      case "End":
        return [isCommand ? lastRow : row, lastColumn];
      case "PageUp":
        return [row - PAGE_ROWS, column];
      case "PageDown":
        return [row + PAGE_ROWS, column];
      default:
        return undefined;
    }
  };
  const to = target();
  return to && [clamp(to[0], lastRow), clamp(to[1], lastColumn)];
}

/**
 * @param {number} at
 * @param {number} last
 */
const clamp = (at, last) => Math.max(0, Math.min(at, last));
