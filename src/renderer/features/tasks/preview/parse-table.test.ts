import { expect, test } from 'vitest';
import { parseTable } from './parse-table.ts';

// Would catch: a parser that splits quoted cells, keeps a byte order mark in the first name, or takes the wrong delimiter.
test('quotes, line breaks in cells, a byte order mark, semicolons and tabs', () => {
  expect(parseTable('\uFEFFid;name\n1;"a; ""b"""\n2;"two\nlines"\n', true)).toEqual({
    columns: ['id', 'name'],
    rows: [
      ['1', 'a; "b"'],
      ['2', 'two\nlines'],
    ],
    cut: false,
  });
  expect(parseTable('id\tname\n1\tx', true).rows).toEqual([['1', 'x']]);
});

// Would catch: half a row at the end of a range, shown as if the file said so.
test('the beginning of a file has no half row and says that it is cut', () => {
  expect(parseTable('id,name\n1,one\n2,tw', false)).toMatchObject({ rows: [['1', 'one']], cut: true });
});

// Would catch: a file whose names repeat, which breaks a table that tells its columns apart by name.
test('a name that repeats gets a number', () => {
  expect(parseTable('a,a,#,a\n1,2,3,4', true).columns).toEqual(['a', 'a (2)', '# (2)', 'a (3)']);
});

// Would catch: rows without a name for each cell, and a table as wide or long as the file says.
test('columns without a name get one; rows and columns are bounded', () => {
  expect(parseTable('a\n1,2', true)).toMatchObject({ columns: ['a', 'Column 2'], rows: [['1', '2']] });
  const long = parseTable(`a,b\n${'1,2\n'.repeat(60_000)}`, true);
  expect([long.rows.length, long.cut]).toEqual([50_000, true]);
  expect(parseTable(`${'x,'.repeat(500)}y\n`, true).columns).toHaveLength(100);
});
