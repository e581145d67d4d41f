/** Rows of profiles as operators have them: exported by a spreadsheet, pasted from a table, written by hand. */
import { describe, expect, test } from 'vitest';
import { MAX_ROWS } from '../../../../contract/automation/profile/rows.ts';
import { readRows } from './read-rows.ts';

const values = async (text: string) => (await readRows({ text })).map((row) => row.values);
const refusal = async (input: Parameters<typeof readRows>[0]) =>
  readRows(input).then(
    () => 'read',
    (error: { slug: string; message: string }) => `${error.slug}: ${error.message}`,
  );

describe('a table is read whatever separates its cells', () => {
  // Would catch: a spreadsheet in German or a pasted selection that is one column.
  test.each([
    ['commas', 'name,notes\nA,one\nB,two\n'],
    ['semicolons', 'name;notes\nA;one\nB;two'],
    ['tabs', 'name\tnotes\nA\tone\nB\ttwo'],
    ['line ends of Windows', 'name,notes\r\nA,one\r\nB,two\r\n'],
    ['a mark of the byte order', '\ufeffname,notes\nA,one\nB,two'],
    ['empty lines', 'name,notes\n\nA,one\n\n\nB,two\n\n'],
    ['quotes', '"name","notes"\n"A","one"\n"B","two"'],
    ['titles in words', 'Name , NOTES\nA,one\nB,two'],
  ])('%s', async (_name, text) => {
    expect(await values(text)).toEqual([
      { name: 'A', notes: 'one' },
      { name: 'B', notes: 'two' },
    ]);
  });

  // Would catch: a comma in a cell of a table with semicolons, or a semicolon in one with commas, that begins a new cell.
  test('what separates cells is what the first line has', async () => {
    expect(await values('name;notes\nA;one, two')).toEqual([{ name: 'A', notes: 'one, two' }]);
    expect(await values('name,tags\nA,red;blue')).toEqual([{ name: 'A', tags: ['red', 'blue'] }]);
    expect(await values('name\tnotes\nA\tone, two; three')).toEqual([{ name: 'A', notes: 'one, two; three' }]);
  });

  test('one column needs nothing that separates', async () => {
    expect(await values('name\nA\nB')).toEqual([{ name: 'A' }, { name: 'B' }]);
  });

  // Would catch: a number of a row that is counted in records, while the editor of the operator counts lines.
  test('a row is told by its line, also after a cell of several lines', async () => {
    const rows = await readRows({ text: 'name,notes\n"A","one\ntwo"\n\nB,three' });
    expect(rows.map(({ row, values: { name } }) => [name, row])).toEqual([
      ['A', 3],
      ['B', 5],
    ]);
  });

  // Would catch: a short row that is refused, and an empty cell that empties what the template has.
  test('cells that are missing or empty are not there', async () => {
    expect(await values('name,notes,group\nA\nB,,x\n C , two ,')).toEqual([
      { name: 'A' },
      { name: 'B', group: 'x' },
      { name: 'C', notes: 'two' },
    ]);
  });
});

describe('cells become values', () => {
  test.each([
    ['tags', 'a; b |c||', ['a', 'b', 'c']],
    ['start_urls', 'https://a.test|https://b.test', ['https://a.test', 'https://b.test']],
    ['window', '1280x800', { width: 1280, height: 800 }],
    ['window', '1280 × 800', { width: 1280, height: 800 }],
    ['viewport', '1280*800', { width: 1280, height: 800 }],
    ['viewport', 'large', 'large'],
    ['window', '1280x', '1280x'],
    ['clear_cache_on_stop', 'Yes', true],
    ['clear_cache_on_stop', '0', false],
    ['clear_cache_on_stop', 'perhaps', 'perhaps'],
    ['locale', 'de-DE', 'de-DE'],
  ])('%s: %s', async (member, cell, value) => {
    expect(await values(`name,${member}\nA,${cell}`)).toEqual([{ name: 'A', [member]: value }]);
  });

  // Would catch: a title that another program writes and that names a member all the same.
  test('titles are read in any spelling', async () => {
    const [row] = await values('Name,Start URLs,Launch-args\nA,https://a.test,--lang=de');
    expect(row).toEqual({ name: 'A', start_urls: ['https://a.test'], launch_args: ['--lang=de'] });
  });
});

describe('what cannot be read says why', () => {
  test.each([
    ['name,colr\nA,red', 'there is no member of a profile called colr'],
    ['name,name\nA,B', 'the first line names a column twice'],
    ['Name,name \nA,B', 'the first line names a column twice'],
    ['notes\nA', 'the first line has to name the columns, one of them name'],
    ['name,notes\n"A,one', 'is not valid CSV'],
    ['name', 'there is no row'],
    ['', 'the first line has to name the columns, one of them name'],
    ['[]', 'there is no row'],
    ['{"name": "A"}', 'the JSON is no list of rows'],
    ['[{"name": "A"}', 'it is not valid JSON'],
    ['['.repeat(500), 'it is not valid JSON'],
  ])('%#', async (text, why) => {
    expect(await refusal({ text })).toMatch(/^validation-error: The rows cannot be read: /);
    expect(await refusal({ text })).toContain(why);
  });

  // Would catch: a quotation mark that is never closed and takes the whole file into one cell.
  test('a cell without end is told before it is read whole', async () => {
    expect(await refusal({ text: `name,notes\nA,"${'x'.repeat(300_000)}` })).toContain('is not valid CSV');
  });

  test('too many rows, in either form, and none or both forms', async () => {
    const names = Array.from({ length: MAX_ROWS + 1 }, (_, n) => `P${n}`);
    const tooMany = `there are more than ${MAX_ROWS} rows`;
    expect(await refusal({ text: `name\n${names.join('\n')}` })).toContain(tooMany);
    expect(await refusal({ text: JSON.stringify(names.map((name) => ({ name }))) })).toContain(tooMany);
    expect(await refusal({ rows: names.map((name) => ({ name })) })).toContain(tooMany);
    expect(await readRows({ rows: names.slice(1).map((name) => ({ name })) })).toHaveLength(MAX_ROWS);
    expect(await refusal({})).toContain('give either rows or text');
    expect(await refusal({ rows: [{}], text: 'name\nA' })).toContain('give either rows or text');
  });
});

// Would catch: a member that is no object ends the whole list, and a row that loses its place.
test('rows of JSON keep their places', async () => {
  expect(await readRows({ text: ' [{"name": "A"}, 7, {"name": "C", "tags": ["x"]}]' })).toEqual([
    { row: 1, values: { name: 'A' } },
    { row: 2, values: {} },
    { row: 3, values: { name: 'C', tags: ['x'] } },
  ]);
});
