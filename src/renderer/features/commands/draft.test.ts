import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommandCreate } from '../../../contract/automation/commands.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { NO_DRAFT, useDrafts } from '../../lib/drafts/drafts.ts';
import { fitting } from '../../lib/drafts/fitting.ts';
import { beginDraft, DRAFT_SHAPE, draftFrom, fitsInLines, pairsText, parsePairs } from './draft.ts';
import { DEFAULT_TEMPLATE, TEMPLATES } from './templates.ts';

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

describe('a command’s draft', () => {
  // Catches two new commands that share one draft, so that a secret typed into one shows up in the other.
  test('begins apart from all others', () => {
    const [template] = TEMPLATES;
    if (template === undefined) throw new Error('there are no templates');
    const [one, other] = [beginDraft(draftFrom(template)), beginDraft(draftFrom(template))];
    expect(one).not.toBe(other);
    const typed = { ...NO_DRAFT, input: { password: 'typed' } };
    useDrafts.getState().put(one, typed, NO_DRAFT);
    expect(JSON.stringify(useDrafts.getState().entries[other])).not.toContain('typed');
  });
});

// Catches a composer that ends at what an earlier panel kept, and one that forgets what is typed.
test('of a kept draft stays what the composer can show, which is all that it makes itself', () => {
  const edits = { ...draftFrom(DEFAULT_TEMPLATE) } as unknown as JsonObject;
  const own = { ...NO_DRAFT, edits };
  expect(fitting(DRAFT_SHAPE, own)).toBe(own);
  expect(fitting(DRAFT_SHAPE, { ...NO_DRAFT, edits: { ...edits, tags: null } }).edits).not.toHaveProperty('tags');
});
