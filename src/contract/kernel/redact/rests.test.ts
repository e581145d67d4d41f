import { expect, it } from 'vitest';
import { createRedactor } from './redact.ts';

const SECRET = 'S3CR3T-"marker"-ü-Qx7Zp0Lm4Nn8Vb2Ty6Rw1Ks5Hd9';
const redactor = createRedactor([SECRET]);
const eight = Array.from({ length: SECRET.length - 7 }, (_, at) => SECRET.slice(at, at + 8));

/** Ways in which engines and libraries cut a text, and mark it. */
const CUTS: [name: string, cut: (text: string, at: number) => string][] = [
  ['an ellipsis', (text, at) => `<b>${text.slice(0, at)}…</b>`],
  ['dots', (text, at) => `Response text:\n${text.slice(0, at)}...`],
  ['a quoted beginning', (text, at) => `Unexpected token 'S', "${text.slice(0, at)}"... is not valid JSON`],
  ['a quoted end', (text, at) => `Unexpected token '9', ..."${text.slice(at)}" is not valid JSON`],
  ['a quoted middle', (text, at) => `Unexpected token, ..."${text.slice(at, at + 20)}"... is not valid JSON`],
  ['both ends', (text, at) => `{token: ${text.slice(0, at)}…${text.slice(at + 5)}}`],
  [
    'JSON of it',
    (text, at) => JSON.stringify({ log: `<b a="${text.slice(0, at)}…">`, more: `..."${text.slice(at)}"` }),
  ],
];

// Catches a rest of a secret in a message of V8, Playwright or Chromium, which they cut before anything could be redacted.
it.each(CUTS)('%s leaves no rest of a secret, wherever it was cut', (_name, cut) => {
  for (let at = 0; at <= SECRET.length; at++) {
    const text = cut(SECRET, at);
    for (const kept of [redactor.text(text), Buffer.from(redactor.bytes(Buffer.from(text))).toString()]) {
      const rests = eight.filter((part) => kept.includes(part) || kept.includes(JSON.stringify(part).slice(1, -1)));
      expect(rests, kept).toEqual([]);
    }
  }
});

it('what no mark stands beside stays as it is, and so does what is no part of a secret', () => {
  for (const text of ['a ker"-ü… of', 'S3CR3T-"mark of', 'wait for it...', '… and "so" on', '......', '…S3CR3T-'])
    expect(redactor.text(text)).toBe(text);
});
