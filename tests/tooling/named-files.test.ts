/** What the pages for contributors name is there. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/core.ts';

/** Where a path without a zone may begin; `tests/README.md` and `docs/security.md` say so. */
const BELOW = ['', 'src/', 'src/main/', 'src/main/features/', 'src/renderer/ui/', 'tests/'];
const all = globSync('{src,tests,scripts}/**/*', { cwd: ROOT }).map((file) => file.replaceAll(path.sep, '/'));
const files = new Set(all);

/** Paths in backticks: files, and folders or patterns of them. */
const namesIn = (page: string) =>
  [...readFileSync(path.join(ROOT, page), 'utf8').matchAll(/`([\w./*{},-]+)`/g)]
    .map(([, name = '']) => name)
    .filter((name) => /\.(?:test\.tsx?|spec\.ts|bench\.ts|mjs)$/.test(name));

function isThere(name: string, before: string): boolean {
  const above = before.split('/').slice(0, -1);
  const beside = above.map((_folder, depth) => [...above.slice(0, depth + 1), name].join('/'));
  const tried = BELOW.flatMap((zone) => [name, ...beside].map((one) => zone + one));
  const isPattern = /[*{]/.test(name);
  return tried.some((one) => files.has(one) || (isPattern && all.some((file) => path.matchesGlob(file, one))));
}

// Would catch: a promise whose test was moved, renamed or removed, so that nobody can look whether it holds.
test.each(['tests/README.md', 'docs/security.md'])('%s names only files that exist', (page) => {
  let before = '';
  const missing = namesIn(page).filter((name) => {
    const found = isThere(name, before);
    // The next one may be named from one of its folders.
    if (name.includes('/')) before = name;
    return !found;
  });
  expect(missing).toEqual([]);
});
