import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createFaults } from '../../core/faults.ts';
import { openLogFiles } from '../../core/log/log-files.ts';
import { createLogger } from '../../core/log/logger.ts';
import { createLogService } from './logs.ts';

// Would catch: entries that are counted as stored and are nowhere, and a client's time that is accepted and lost.
test('entries of a client keep its time and data; what the level leaves out is not counted as stored', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-log-'));
  const files = openLogFiles(dir, () => 1e8, createFaults());
  const logs = createLogService(files, createLogger({ files, level: 'info', redact: (line) => line }));
  const entry = { source: 'extension', context: 'tab', data: null } as const;
  const stored = logs.write([
    { ...entry, level: 'log', message: 'one', data: { tab: 7 }, timestamp: 1_700_000_000_000 },
    { ...entry, level: 'debug', message: 'too fine' },
    { ...entry, level: 'error', message: 'two' },
  ]);
  expect(stored).toBe(2);
  const { logs: found } = await logs.query({ limit: 10 });
  expect(found.map(({ level, message, data }) => ({ level, message, data }))).toEqual([
    { level: 'error', message: 'two', data: null },
    { level: 'info', message: 'one', data: { client: { tab: 7 }, timestamp: 1_700_000_000_000 } },
  ]);
  await files.close();
  fs.rmSync(dir, { recursive: true });
});
