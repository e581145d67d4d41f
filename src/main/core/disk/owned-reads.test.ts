import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readOwned } from './owned-reads.ts';

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-owned-'));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

// Would catch: a task that puts a sparse giant in the place of a log, which the host then reads into memory.
test('a file that is longer than its reader expects is refused and not read', async () => {
  const file = path.join(root, 'index');
  fs.writeFileSync(file, 'x'.repeat(100));
  expect(String(await readOwned(root, file, 100))).toBe('x'.repeat(100));
  fs.truncateSync(file, 2_000_000);
  await expect(readOwned(root, file, 100)).rejects.toThrow('has more than 100 bytes');
});
