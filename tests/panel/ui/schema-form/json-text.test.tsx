/** JSON that is edited as text. */
import { act, renderHook } from '@testing-library/react';
import fc from 'fast-check';
import { useState } from 'react';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/contract/kernel/scalars.ts';
import { parseJson, parseObject, useJsonText } from '../../../../src/renderer/ui/schema-form/use-json-text.ts';

/** An editor of a value that its owner keeps. */
function editor<V extends Json>(first: V | undefined, parse: (text: string) => V) {
  const { result } = renderHook(() => {
    const [value, setValue] = useState(first);
    const [texts, setTexts] = useState<Record<string, string>>({});
    const setText = (name: string, text: string | null) => setTexts(text === null ? {} : { [name]: text });
    return {
      value,
      setValue,
      texts,
      ...useJsonText({ name: 'it', value, parse, onChange: (next) => setValue(next as V), held: { texts, setText } }),
    };
  });
  return {
    type: (text: string) => act(() => result.current.change(text)),
    load: (value: V) => act(() => result.current.setValue(() => value)),
    now: () => result.current,
  };
}

describe('text that is typed', () => {
  // Catches an editor that changes the text under the cursor, which makes some JSON impossible to type.
  test('stays as it is, letter by letter, whatever it means', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, 2, '\t'), (value, space) => {
        const { type, now } = editor<Json>({ before: true }, parseJson);
        const text = JSON.stringify(value, null, space);
        for (let end = 1; end <= Math.min(text.length, 40); end += 1) {
          type(text.slice(0, end));
          expect(now().text).toBe(text.slice(0, end));
        }
        type(text);
        expect(now()).toMatchObject({ text, valid: true });
        expect(JSON.stringify(now().value)).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 40 },
    );
  });

  // Catches half a text that is sent, and a warning that stays when the text is right again.
  test('is kept back while it does not parse; the last good value counts', () => {
    const { type, now } = editor<Json>({ a: 1 }, parseJson);
    type('{"a": 2}');
    type('{"a": 2,');
    expect(now()).toMatchObject({ value: { a: 2 }, valid: false, text: '{"a": 2,' });
    type('{"a": 2}');
    expect(now()).toMatchObject({ value: { a: 2 }, valid: true });
  });

  // Catches an input that is a list or a number, which the host refuses for the whole task.
  test.each(['[1]', '1', '"text"', 'null', 'true', ''])('%s is not an object', (text) => {
    const { type, now } = editor({ kept: true }, parseObject);
    type(text);
    expect(now()).toMatchObject({ value: { kept: true }, valid: false, text });
  });
});

// Catches an emptied field that goes on sending what was in it before.
test('an emptied field has no value', () => {
  const { type, now } = editor<Json>([1], parseJson);
  type('');
  expect(now()).toMatchObject({ value: '', valid: true, text: '' });
});

// Catches an editor that keeps the text of another template, and writes it over the new one with the next letter.
test('a value that comes from elsewhere replaces the text; one that does not parse is kept until it is corrected', () => {
  const { type, load, now } = editor<Json>({ a: 1 }, parseJson);
  type('{"a":2}');
  load({ b: 2 });
  expect(now()).toMatchObject({ text: '{\n  "b": 2\n}', valid: true });
  type('{"a": ');
  load({ b: 3 });
  expect(now()).toMatchObject({ text: '{"a": ', valid: false });
});

test('no value is no text', () => {
  expect(editor<Json>(undefined, parseJson).now().text).toBe('');
});
