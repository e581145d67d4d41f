import { expect, test } from 'vitest';
import { type PackedTable, parseTable, rowOf } from './parse-table.ts';

/** The table with its rows as lists of cells. */
const unpacked = (table: PackedTable) => ({
  columns: table.columns,
  rows: Array.from({ length: table.rows }, (_, row) => rowOf(table, row)),
  cut: table.cut,
});
const parsed = (text: string, isWhole: boolean) => unpacked(parseTable(text, isWhole));

// Would catch: a parser that splits quoted cells, keeps a byte order mark in the first name, or takes the wrong delimiter.
test('quotes, line breaks in cells, a byte order mark, semicolons and tabs', () => {
  expect(parsed('\uFEFFid;name\n1;"a; ""b"""\n2;"two\nlines"\n', true)).toEqual({
    columns: ['id', 'name'],
    rows: [
      ['1', 'a; "b"'],
      ['2', 'two\nlines'],
    ],
    cut: false,
  });
  expect(parsed('id\tname\n1\tx', true).rows).toEqual([['1', 'x']]);
});

// Would catch: half a row at the end of a range, shown as if the file said so.
test('the beginning of a file has no half row and says that it is cut', () => {
  expect(parsed('id,name\n1,one\n2,tw', false)).toMatchObject({ rows: [['1', 'one']], cut: true });
});

// Would catch: a file whose names repeat, which breaks a table that tells its columns apart by name.
test('a name that repeats gets a number', () => {
  expect(parsed('a,a,#,a\n1,2,3,4', true).columns).toEqual(['a', 'a (2)', '# (2)', 'a (3)']);
});

// Would catch: rows without a name for each cell, and a table as wide or long as the file says.
test('columns without a name get one; rows and columns are bounded', () => {
  expect(parsed('a\n1,2', true)).toMatchObject({ columns: ['a', 'Column 2'], rows: [['1', '2']] });
  const long = parsed(`a,b\n${'1,2\n'.repeat(60_000)}`, true);
  expect([long.rows.length, long.cut]).toEqual([50_000, true]);
  expect(parsed(`${'x,'.repeat(500)}y\n`, true).columns).toHaveLength(100);
});

// Would catch: cells of any length, marks that a browser cannot lay out, millions of objects that are copied to the page.
test('cells are short and tame, whatever the file has', () => {
  const [row = []] = parsed(`a,b\n${'x'.repeat(9_000)},${`e${'\u0301'.repeat(9_000)}`}`, true).rows;
  expect(row.map((cell) => cell.length)).toEqual([500, 9]);
  expect(parseTable(`${'n'.repeat(9_000)}\n1`, true).columns[0]).toHaveLength(101);
  const wide = parseTable(`${'a,'.repeat(99)}a\n`.repeat(3_000), true);
  expect([wide.rows, wide.ends.length]).toEqual([2_999, 299_900]);
});
