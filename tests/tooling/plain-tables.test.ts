/** Tables whose titles sort nothing. Lists are `DataTable`, where the types ask each column for an order or the reason why it has none. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/core.ts';

/** The reason of each file. */
const ONE_ORDER: Record<string, string> = {
  'ui/bulk/bulk-results.tsx': 'results in the order of the work',
  'ui/table/plain-table.tsx': 'the part itself',
  'ui/table/static-table.tsx': 'the part itself',
  'ui/table/data-table.tsx': 'the part itself',
  'features/tasks/detail/artifacts.tsx': 'files of one task in the order in which they came',
  'features/tasks/detail/steps-table.tsx': 'steps in the order in which they ran',
  'features/tasks/detail/task-events.tsx': 'events in the order in which they happened',
  'features/tasks/failure/evidence-lists.tsx': 'what the page said, in the order in which it said it',
  'features/tasks/preview/archive-preview.tsx': 'files in the order of the archive',
  'features/tasks/preview/table-preview.tsx': 'rows in the order of the file',
  'features/profiles/cookies/cookie-table.tsx': 'cookies by the host they belong to, found by its filter',
  'features/models/benchmark/benchmark.tsx': 'ten runs, newest first',
  'features/chat/conversation/markdown.tsx': 'a table that a model wrote',
  'features/settings/audit.tsx': 'a chain of hashes, which is read in the order in which it was written',
  'features/settings/backups.tsx': 'a handful, of which the newest matters',
};

// Catches a list that is drawn with a plain table and so has titles that nobody can sort by.
test('each plain table has one order for a reason', () => {
  const folder = path.join(ROOT, 'src/renderer');
  const found = globSync('**/*.tsx', { cwd: folder }).filter((file) =>
    /<(PlainTable|StaticTable|table)\b/.test(readFileSync(path.join(folder, file), 'utf8')),
  );
  expect(found.map((file) => file.replaceAll('\\', '/')).sort()).toEqual(Object.keys(ONE_ORDER).sort());
});
