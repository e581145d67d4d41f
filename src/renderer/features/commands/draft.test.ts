import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { CommandCreate } from '../../../contract/automation/commands.ts';
import { changedMembers, draftFrom, fitsInLines, pairsText, parsePairs, useDrafts } from './draft.ts';
import { TEMPLATES } from './templates.ts';

describe('pairs in lines', () => {
  const marks = fc.constantFrom('=' as const, ':' as const);

  // Catches a form that changes or loses a header or a variable only because it was shown.
  test('what fits in lines comes back as it was; what does not is known not to', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), marks, (value, mark) => {
        const back = parsePairs(pairsText(value, mark), mark);
        expect(JSON.stringify(back) === JSON.stringify(value)).toBe(fitsInLines(value, mark));
      }),
    );
  });

  // Catches a field that locks itself while a line is being typed.
  test('whatever is typed fits in lines', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), marks, (lines, mark) => {
        expect(fitsInLines(parsePairs(lines.join('\n'), mark), mark)).toBe(true);
      }),
    );
    expect(parsePairs(' =x', '=')).toEqual({});
  });

  // Catches a value that is cut at the second mark, and spaces that become part of a header.
  test.each([
    ['A=b=c', '=', { A: 'b=c' }],
    ['Accept:  text/html ', ':', { Accept: 'text/html' }],
    ['Referer: https://example.test:8080/', ':', { Referer: 'https://example.test:8080/' }],
    ['EMPTY=', '=', { EMPTY: '' }],
    ['not yet a pair', '=', {}],
    ['=no name', '=', {}],
    ['A=1\nA=2', '=', { A: '2' }],
    ['', ':', {}],
  ] as const)('%j', (text, mark, value) => {
    expect(parsePairs(text, mark)).toEqual(value);
  });

  test.each([
    ['several lines', { KEY: '-----BEGIN\nEND-----' }],
    ['a space at the end', { SEP: ', ' }],
    ['a mark in the name', { 'A=B': 'c' }],
    ['a number', { PORT: 8080 }],
  ])('%s cannot be shown in lines', (_what, value) => {
    expect(fitsInLines(value, '=')).toBe(false);
  });
});

describe('templates', () => {
  // Catches a template that the host refuses, which the user would learn only after writing a command from it.
  test.each(TEMPLATES.map((template) => [template.id, template] as const))('%s makes a command', (_id, template) => {
    expect(CommandCreate.safeParse(draftFrom(template)).error).toBeUndefined();
  });

  test('have ids of their own', () => {
    expect(new Set(TEMPLATES.map(({ id }) => id)).size).toBe(TEMPLATES.length);
  });
});

describe('unsaved changes', () => {
  beforeEach(() => useDrafts.setState({ edits: {}, inputs: {} }));

  // Catches a change of one command that is dropped or shown with another one.
  test('are kept by command, and dropped one at a time', () => {
    const { setEdits, setInput } = useDrafts.getState();
    setEdits('cmd_a', { name: 'A' });
    setEdits('cmd_b', { name: 'B' });
    setInput('cmd_a', { n: 1 });
    setEdits('cmd_a', null);
    expect(useDrafts.getState()).toMatchObject({ edits: { cmd_b: { name: 'B' } }, inputs: { cmd_a: { n: 1 } } });
    expect('cmd_a' in useDrafts.getState().edits).toBe(false);
  });

  // Catches a comparison by identity: every answer of the host is a new object.
  test('are those that differ in what they hold', () => {
    const [template] = TEMPLATES;
    if (template === undefined) throw new Error('there are no templates');
    const draft = draftFrom(template);
    const same = structuredClone(draft);
    expect(changedMembers(draft, same)).toEqual([]);
    expect(changedMembers(draft, { ...same, tags: ['a'], retry: { ...same.retry, max: 3 } })).toEqual([
      'tags',
      'retry',
    ]);
  });
});
