import { expect, test } from 'vitest';
import { printable, printableJson } from './printable.ts';

test('what a terminal shows stays as it is', () => {
  const text = 'täsk\t"1"\n— 日本語 😀';
  expect(printable(text)).toBe(text);
});

// Would catch: an id or a page title that clears the screen, sets the title of the window or hides a line.
test('no control character and no change of direction is left, whichever it is', () => {
  for (let code = 0; code < 0x2100; code++) {
    const shown = printable(String.fromCharCode(code));
    const kept = /[\p{Cc}]/u.test(shown) || /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/.test(shown);
    expect({ code, kept }).toEqual({ code, kept: code === 9 || code === 10 });
  }
  expect(printable('\u001B]0;owned\u0007ok\r')).not.toMatch(/[\u001B\u0007\r]/);
});

// Would catch: a program that reads the output of the command line and gets other text than the host holds.
test('JSON keeps its value', () => {
  const value = { text: 'a\u009Bb\u202Ec\u2028 täsk \u001B[2J' };
  const json = printableJson(JSON.stringify(value, null, 2));
  expect(JSON.parse(json)).toEqual(value);
  expect(printable(json)).toBe(json);
});
