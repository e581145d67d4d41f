/** Rows of a CSV or TSV file. */
import { parse } from 'papaparse';
import { tame, tameMarks } from '../../../../lib/text/tame.ts';

/** Rows and columns that are shown, and characters of one cell and of the name of a column. */
const MAX_ROWS = 50_000;
const MAX_COLUMNS = 100;
const MAX_CELL = 500;
const MAX_NAME = 100;

/** As few objects as can be, because it is copied from a worker to the page: millions of cells are one text and where each of them ends. */
export interface PackedTable {
  columns: string[];
  /** Number of rows, each with a cell for every column. */
  rows: number;
  text: string;
  ends: Uint32Array<ArrayBuffer>;
  /** True when there is more than is shown. */
  cut: boolean;
}

/** The cells of a row. */
export function rowOf({ columns, text, ends }: PackedTable, row: number): string[] {
  const first = row * columns.length;
  return columns.map((_, column) => text.slice(ends[first + column - 1] ?? 0, ends[first + column]));
}

function packed(columns: string[], rows: readonly (readonly string[])[], cut: boolean): PackedTable {
  const ends = new Uint32Array(rows.length * columns.length);
  const cells: string[] = [];
  let end = 0;
  for (const row of rows) {
    for (let column = 0; column < columns.length; column++) {
      const cell = tameMarks((row[column] ?? '').slice(0, MAX_CELL));
      end += cell.length;
      ends[cells.length] = end;
      cells.push(cell);
    }
  }
  return { columns, rows: rows.length, text: cells.join(''), ends, cut };
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
export function parseTable(text: string, isWhole: boolean): PackedTable {
  const { data } = parse<string[]>(text.replace(/^\uFEFF/, ''), { preview: MAX_ROWS + 2, skipEmptyLines: 'greedy' });
  if (!isWhole && data.length <= MAX_ROWS + 1) data.pop();
  const [head = [], ...rest] = data;
  const rows = rest.slice(0, MAX_ROWS);
  const width = Math.min(MAX_COLUMNS, Math.max(head.length, ...rows.slice(0, 100).map((row) => row.length)));
  const names = Array.from({ length: width }, (_, index) => head[index]?.trim() || `Column ${index + 1}`);
  const cut = !isWhole || rest.length > MAX_ROWS || head.length > MAX_COLUMNS;
  return packed(distinct(names.map((name) => tame(name, MAX_NAME))), rows, cut);
}
