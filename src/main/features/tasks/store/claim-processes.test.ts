import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { ClaimerReport } from '../../../../../tests/fixtures/workers/claimer.ts';
import { ROOT } from '../../../../../tests/support/core.ts';
import { newTask, openStore } from '../../../../../tests/support/task-store.ts';

const CLAIMER = path.join(ROOT, 'tests/fixtures/workers/claimer.ts');
const TASKS = 600;
const WIDTH = 4;

test('two processes that claim from one database at once share the tasks: none twice, none lost, never more than the width', async () => {
  using harness = openStore();
  const now = harness.core.clock.now();
  harness.store.insert(
    Array.from({ length: TASKS }, (_, i) =>
      newTask(now, {
        profile_id: i % 3 === 0 ? `prf_${i % 11}` : null,
        concurrency_key: i % 5 === 0 ? `key_${i % 7}` : null,
      }),
    ),
  );
  const children = [1, 2].map(() => fork(CLAIMER, [harness.core.db.path, String(WIDTH)], { execArgv: [] }));
  try {
    await Promise.all(children.map((child) => message(child)));
    const reports = children.map((child) => message(child));
    for (const child of children) child.send('go');
    const done = (await Promise.all(reports)) as ClaimerReport[];
    const claimed = done.flatMap((report) => report.claimed);
    expect(claimed).toHaveLength(TASKS);
    expect(new Set(claimed).size).toBe(TASKS);
    for (const report of done) {
      expect(report.claimed.length).toBeGreaterThan(0);
      expect(report.widest).toBeLessThanOrEqual(WIDTH);
      expect(report.fenced).toBe(0);
    }
    expect(harness.store.counts()).toMatchObject({ succeeded: TASKS, queued: 0, running: 0 });
    expect(harness.core.db.raw.pragma('integrity_check', { simple: true })).toBe('ok');
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}, 60_000);

async function message(child: ChildProcess): Promise<unknown> {
  const [value] = await once(child, 'message');
  return value;
}
