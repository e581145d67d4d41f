/** kill -9 of the host between an event and the task that it starts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { ROOT } from '../support/core.ts';
import { schedulesOn } from '../support/schedules.ts';
import { openTaskHost } from '../support/tasks.ts';
import { seeds } from './support.ts';

/** Transactions from one task that ends to the next; each of them is the last one of a round. */
const PERIOD = 8;

/** Lets tasks end in a process that kills itself after so many transactions. @returns the tasks that were said to have ended */
async function endAndKill(dir: string, transactions: number): Promise<string[]> {
  const args = [path.join(ROOT, 'tests/faults/trigger-child.ts'), dir, String(transactions)];
  const child = spawn(process.execPath, args, {
    ...{ stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_NO_WARNINGS: '1' } },
  });
  const ended: string[] = [];
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on('line', (line) => ended.push((JSON.parse(line) as { ended: string }).ended));
  await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  return ended;
}

// Would catch: an event whose task is lost, or made twice, by a program that ended between storing the one and making the other.
test('every task that ended starts exactly one, whenever the program is killed', async () => {
  const all = seeds(1, 25).flatMap((seed) => Array.from({ length: PERIOD }, (_, n) => PERIOD + (seed % 100) + n));
  for (const transactions of all) {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-trigger-'));
    const ended = await endAndKill(dir, transactions);
    const host = openTaskHost({ dir });
    const schedules = schedulesOn(host);
    try {
      const count = (sql: string) => host.db.raw.prepare<[], { n: number }>(sql).get()?.n ?? -1;
      const stored = "SELECT count(*) AS n FROM task WHERE command_name = 'Source' AND status = 'succeeded'";
      const made = 'SELECT count(*) AS n FROM task WHERE schedule_id IS NOT NULL';
      const before = { stored: count(stored), made: count(made) };
      expect(before.made).toBeLessThanOrEqual(before.stored);
      for (const part of schedules.parts) await part.start?.();
      await host.until(() => count(made) >= before.stored && count('SELECT count(*) AS n FROM schedule_event') === 0);
      for (const part of schedules.parts) await part.stop?.();
      const starts = host.db.raw
        .prepare<[], { of: string }>("SELECT json_extract(input, '$.of') AS of FROM task WHERE schedule_id IS NOT NULL")
        .all()
        .map(({ of }) => of);
      expect(new Set(starts).size, `after ${transactions} transactions: none twice`).toBe(starts.length);
      expect(starts.length, `after ${transactions} transactions: none lost`).toBe(before.stored);
      for (const id of ended) expect(starts, `after ${transactions} transactions`).toContain(id);
      expect(
        count('SELECT count(*) AS n FROM schedule_tick'),
        `after ${transactions} transactions: a line for each`,
      ).toBe(starts.length);
    } finally {
      await host.dispose();
    }
  }
});
