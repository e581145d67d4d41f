/** Reads rows of profiles from CSV or JSON: one name of a member for each column. */
import { CsvError } from 'csv-parse';
import { MAX_ROWS } from '../../../../contract/automation/profile/rows.ts';
import { ProfileCreate } from '../../../../contract/automation/profiles.ts';
import { DOCUMENT_BOUNDS, parseBounded } from '../../../../contract/kernel/bounds.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { type Json, JsonObject } from '../../../../contract/kernel/json.ts';
import { readCsv } from '../../../core/scheduling/in-turns.ts';

/** One row: members that are there. */
export interface Row {
  row: number;
  values: JsonObject;
}

const MEMBERS: ReadonlySet<string> = new Set(Object.keys(ProfileCreate.shape));
/** Members with several values; a cell holds them with `;` or `|` between. */
const LISTS: ReadonlySet<string> = new Set(['tags', 'start_urls', 'launch_args']);
const SIZES: ReadonlySet<string> = new Set(['window', 'viewport']);

const invalid = (why: string, cause?: unknown) =>
  new AppError('validation-error', `The rows cannot be read: ${why}.`, { cause, errors: { text: why } });

/** `1280x800` in any spelling; what is none stays as it is, and is refused by its field. */
function sizeOf(cell: string): Json {
  const [, width, height] = /^\s*(\d+)\s*[x×*,]\s*(\d+)\s*$/i.exec(cell) ?? [];
  return width === undefined ? cell : { width: Number(width), height: Number(height) };
}

function cellValue(member: string, cell: string): Json {
  if (LISTS.has(member)) {
    return cell
      .split(/[;|\n]/)
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
  if (SIZES.has(member)) return sizeOf(cell);
  if (member === 'clear_cache_on_stop')
    return /^(true|yes|1)$/i.test(cell) || (/^(false|no|0)$/i.test(cell) ? false : cell);
  return cell;
}

/** The member that a column is for: `Start URLs` is `start_urls`. */
const memberOf = (title: string): string =>
  title
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

interface CsvRecord {
  record: string[];
  info: { lines: number };
}

/** Characters of one line: fifty start pages are a hundred thousand. */
const MAX_LINE = 256 * 1024;

async function csvRows(text: string): Promise<Row[]> {
  let records: CsvRecord[];
  try {
    const options = {
      bom: true,
      delimiter: /^[^\n]*\t/.test(text)
        ? '\t'
        : ([',', ';'].find((one) => text.split('\n', 1)[0]?.includes(one)) ?? ','),
      info: true,
      max_record_size: MAX_LINE,
      relax_column_count: true,
      skip_empty_lines: true,
    };
    records = await readCsv<CsvRecord>(text, options, MAX_ROWS + 1);
  } catch (error) {
    if (error instanceof CsvError) throw invalid(`line ${String(error.lines ?? '?')} is not valid CSV`, error);
    throw error;
  }
  const [head, ...body] = records;
  const members = (head?.record ?? []).map(memberOf);
  const unknown = members.filter((member) => !MEMBERS.has(member));
  if (unknown.length > 0) throw invalid(`there is no member of a profile called ${unknown.join(', ')}`);
  if (new Set(members).size < members.length) throw invalid('the first line names a column twice');
  if (!members.includes('name')) throw invalid('the first line has to name the columns, one of them name');
  return body.map(({ record, info }) => ({
    row: info.lines,
    values: Object.fromEntries(
      members.flatMap((member, i) => {
        const cell = record[i]?.trim() ?? '';
        return cell === '' ? [] : [[member, cellValue(member, cell)]];
      }),
    ),
  }));
}

function jsonRows(text: string): Row[] {
  let value: unknown;
  try {
    value = parseBounded(text, DOCUMENT_BOUNDS);
  } catch (error) {
    throw invalid('it is not valid JSON', error);
  }
  if (!Array.isArray(value)) throw invalid('the JSON is no list of rows');
  return numbered(value.slice(0, MAX_ROWS + 1).map((item) => JsonObject.safeParse(item).data ?? {}));
}

const numbered = (rows: readonly JsonObject[]): Row[] => rows.map((values, i) => ({ row: i + 1, values }));

/** @throws AppError `validation-error` when the rows as a whole cannot be read, or there are too many */
export async function readRows(input: {
  rows?: readonly JsonObject[] | undefined;
  text?: string | undefined;
}): Promise<Row[]> {
  if ((input.rows === undefined) === (input.text === undefined)) throw invalid('give either rows or text');
  const { text } = input;
  const isJson = /^[[{]/.test(text?.trimStart() ?? '');
  const rows = text === undefined ? numbered(input.rows ?? []) : isJson ? jsonRows(text) : await csvRows(text);
  if (rows.length === 0) throw invalid('there is no row');
  if (rows.length > MAX_ROWS) throw invalid(`there are more than ${MAX_ROWS} rows`);
  return rows;
}
