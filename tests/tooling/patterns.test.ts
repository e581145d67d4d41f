import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { check } from 'recheck';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Patterns that the analysis does not finish, with the reason why they are harmless. */
const JUDGED = new Map<string, string>([
  [
    String.raw`/^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+ +\S+ +\S+ +\S+ +\S+)\s(.*)$/`,
    'lines of ps; pieces and what separates them have no character in common',
  ],
]);

/** Each pattern of the program, with the places where it stands. */
function patterns(): Map<string, string[]> {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', 'src'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const found = new Map<string, string[]>();
  for (const file of listed.split('\0')) {
    if (!/\.tsx?$/.test(file) || /\.test\./.test(file)) continue;
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { type, pattern, flags } = node as { type?: unknown; pattern?: string; flags?: string };
      if (type === 'RegExpLiteral') {
        const text = `/${pattern}/${flags}`;
        found.set(text, [...(found.get(text) ?? []), file]);
      }
      for (const child of Object.values(node)) visit(child);
    };
    visit(parseSync(readFileSync(path.join(ROOT, file), 'utf8'), { syntax: 'typescript', tsx: file.endsWith('x') }));
  }
  return found;
}

// Would catch: a pattern that takes minutes for a long enough text (https://cwe.mitre.org/data/definitions/1333.html).
test('no pattern takes more than linear time', { timeout: 300_000 }, async () => {
  const bad: string[] = [];
  for (const [text, files] of patterns()) {
    if (JUDGED.has(text)) continue;
    const end = text.lastIndexOf('/');
    const result = await check(text.slice(1, end), text.slice(end + 1).replace(/[dv]/g, ''), { timeout: 20_000 });
    if (result.status !== 'safe')
      bad.push(
        `${text} in ${files.join(', ')}: ${result.status === 'vulnerable' ? result.complexity.summary : 'not decided'}`,
      );
  }
  expect(bad).toEqual([]);
});
