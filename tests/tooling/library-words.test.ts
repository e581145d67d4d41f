/** What a schema found wrong is told in our own words, by `issueText` or by the dispatcher, never in those of the library. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/core.ts';

/** Files that look at a message of the library, for the reason given. */
const READS: Record<string, string> = {
  'src/contract/kernel/text/issue-text.ts': 'tells our texts from those of the library',
  'src/main/doors/dispatch/validation.ts': 'tells our texts from those of the library',
  'src/main/core/process/worker/process.ts': 'what a process of ours sent, for the log',
};

// Catches "Too small: expected number to be >=1" in an error that an operator reads.
test('no message of an issue is handed on as it is', () => {
  const found = globSync('src/{contract,main,renderer,workers}/**/*.{ts,tsx}', { cwd: ROOT })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => !file.includes('.test.'))
    .filter((file) =>
      /\bissues?(\[0\])?\??\.message\b|prettifyError/.test(readFileSync(path.join(ROOT, file), 'utf8')),
    );
  expect(found.sort()).toEqual(Object.keys(READS).sort());
});
