/** kill -9 of the host between a delivery of a webhook and the task that it starts; its sender tries again, as senders do. */
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
import { standardHeaders } from '../support/webhooks.ts';
import { seeds } from './support.ts';

/** Transactions from one delivery to the next; each of them is the last one of a round. */
const PERIOD = 6;

interface Said {
  id: string;
  secret: string;
  sent: number[];
  acknowledged: number[];
}

/** Delivers to a process that kills itself after so many transactions. */
async function deliverAndKill(dir: string, transactions: number): Promise<Said> {
  const args = [path.join(ROOT, 'tests/faults/webhook-child.ts'), dir, String(transactions)];
  const child = spawn(process.execPath, args, {
    ...{ stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_NO_WARNINGS: '1' } },
  });
  const said: Said = { id: '', secret: '', sent: [], acknowledged: [] };
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  lines.on('line', (line) => {
    const { sent, acknowledged, ...known } = JSON.parse(line) as Record<string, never>;
    if (sent !== undefined) said.sent.push(sent);
    if (acknowledged !== undefined) said.acknowledged.push(acknowledged);
    Object.assign(said, known);
  });
  await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  return said;
}

// Would catch: a delivery that was acknowledged and starts nothing, and one that starts two because its sender never heard of it.
test('every delivery starts exactly one task, whenever the program is killed', async () => {
  const all = seeds(1, 25).flatMap((seed) => Array.from({ length: PERIOD }, (_, n) => PERIOD + (seed % 100) + n));
  for (const transactions of all) {
    const after = `after ${transactions} transactions`;
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-webhook-'));
    const { id, secret, sent, acknowledged } = await deliverAndKill(dir, transactions);
    const host = openTaskHost({ dir });
    const { webhooks, parts } = schedulesOn(host);
    try {
      const count = (sql: string) => host.db.raw.prepare(`SELECT count(*) FROM ${sql}`).pluck().get() as number;
      const stored = count('schedule_delivery');
      expect(sent.length - acknowledged.length, after).toBeLessThanOrEqual(1);
      expect(stored, `${after}: what was acknowledged is stored`).toBeGreaterThanOrEqual(acknowledged.length);
      for (const part of parts) await part.start?.();
      await host.until(() => count('schedule_tick') === stored && count('schedule_event') === 0);
      const lost = stored < sent.length ? sent.slice(stored) : [];
      for (const n of sent) {
        const body = JSON.stringify({ n });
        const { outcome } = await webhooks.deliver({ id, body, headers: standardHeaders(secret, `msg_${n}`, body) });
        expect(outcome, `${after}: delivery ${n} again`).toBe(lost.includes(n) ? 'stored' : 'duplicate');
      }
      await host.until(() => count('schedule_tick') === sent.length && count('schedule_event') === 0);
      for (const part of parts) await part.stop?.();
      const started = host.db.raw
        .prepare("SELECT json_extract(input, '$.of') FROM task WHERE schedule_id IS NOT NULL ORDER BY 1")
        .pluck()
        .all();
      expect(started, `${after}: one for each`).toEqual(sent);
    } finally {
      await host.dispose();
    }
  }
});
