import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const RENDERER = path.join(import.meta.dirname, '../..');
const MANTINE = path.join(RENDERER, '../../node_modules/@mantine');

const files = fs
  .readdirSync(RENDERER, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(tsx?|css)$/.test(name) && !name.includes('.test.'))
  .map((name) => ({ name, text: fs.readFileSync(path.join(RENDERER, name), 'utf8') }));

const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name);

// Would catch: a colour that no sheet defines, with which a border or a background is not drawn at all, in the light or in the dark.
test('every custom property that is read without a fallback is defined', () => {
  const defined = new Set([
    ...files.flatMap(({ text }) => names(text, /(--[\w-]+)['"\]]*\s*:/g)),
    ...['core/styles.css', 'notifications/styles.css', 'spotlight/styles.css', 'dates/styles.css'].flatMap((sheet) =>
      names(fs.readFileSync(path.join(MANTINE, sheet), 'utf8'), /(--[\w-]+)\s*:/g),
    ),
  ]);
  expect(defined).toContain('--text');
  const undefinedOnes = files.flatMap(({ name, text }) =>
    names(text, /var\((--[\w-]+)\)/g)
      .filter((property) => !defined.has(property))
      .map((property) => `${name}: ${property}`),
  );
  expect(undefinedOnes).toEqual([]);
});
