/** Rows of a CSV or TSV file. */
import { parse } from 'papaparse';

/** Rows and columns that are shown, and characters of one cell. */
const MAX_ROWS = 50_000;
const MAX_COLUMNS = 100;
const MAX_CELL = 500;

export interface Table {
  columns: string[];
  rows: string[][];
  /** True when there is more than is shown. */
  cut: boolean;
}

/** Name of the column that numbers the rows. */
const ROW_COLUMN = '#';

/** Names of columns as they are, those that were there before with a number. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set([ROW_COLUMN]);
  return names.map((name) => {
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
    taken.add(free);
    return free;
  });
}

/**
 * Parses a text whose first row names the columns; the delimiter is found by itself. Blank lines are left out.
 * @param isWhole false for the beginning of a file, whose last row may be incomplete
 */
export function parseTable(text: string, isWhole: boolean): Table {
  const { data } = parse<string[]>(text.replace(/^\uFEFF/, ''), { preview: MAX_ROWS + 2, skipEmptyLines: 'greedy' });
  if (!isWhole && data.length <= MAX_ROWS + 1) data.pop();
  const [head = [], ...rest] = data;
  const rows = rest.slice(0, MAX_ROWS);
  const width = Math.min(MAX_COLUMNS, Math.max(head.length, ...rows.slice(0, 100).map((row) => row.length)));
  const columns = distinct(Array.from({ length: width }, (_, index) => head[index]?.trim() || `Column ${index + 1}`));
  return {
    columns,
    rows: rows.map((row) => columns.map((_, index) => (row[index] ?? '').slice(0, MAX_CELL))),
    cut: !isWhole || rest.length > MAX_ROWS || head.length > MAX_COLUMNS,
  };
}
