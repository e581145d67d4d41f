/** What a million finished tasks cost: claims, a page of a list, the counters, the events of one task, and the start of the program. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createTaskStore } from '../../src/main/features/tasks/store/store.ts';
import { openTestCore, ROOT, type TestCore } from '../support/core.ts';
import { claimFrom, endWith, newTask } from '../support/task-store.ts';

const FINISHED = 1_000_000;
const PER_TRANSACTION = 10_000;
const CLAIMS = 2000;
const PAGES = 200;
const STARTS = 3;
const bars = { claimP99: 2, listP95: 20, countsMs: 5, eventsMs: 20, startMs: 1500 };

const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const percentile = (values: readonly number[], share: number) =>
  sorted(values)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;
const say = (line: string) => process.stdout.write(`${line}\n`);
const ms = (value: number) => `${value.toFixed(2)} ms`;

function timed(work: () => unknown): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}
const times = (count: number, work: (n: number) => unknown) =>
  Array.from({ length: count }, (_, n) => timed(() => work(n)));

/** Rows as tasks leave them, of the last days; each has the change that it was made with. */
function fill({ db, events }: TestCore, now: number): void {
  const row = { ...newTask(now), created_at: 0, updated_at: 0, finished_at: 0, version: 3 };
  const names = Object.keys(row);
  const insert = db.raw.prepare(
    `INSERT INTO task (${names.join()}) VALUES (${names.map((name) => `@${name}`).join()})`,
  );
  const states = ['succeeded', 'succeeded', 'succeeded', 'failed', 'dead'] as const;
  for (let from = 0; from < FINISHED; from += PER_TRANSACTION)
    db.transaction(() => {
      for (let n = from; n < from + PER_TRANSACTION; n++) {
        const at = now - FINISHED + n;
        const task = newTask(at, { status: states[n % states.length] as 'queued' });
        insert.run({ ...task, created_at: at, updated_at: at, finished_at: at, version: 3 });
        events.append({ type: 'task.created', entity: 'task', id: task.id });
      }
    });
}

function reads(core: TestCore, now: number): boolean {
  const store = createTaskStore(core.db, core.events, core.clock);
  const claims = times(CLAIMS, (n) => {
    store.insert([newTask(now, { profile_id: n % 2 === 0 ? `prf_${n}` : null })]);
    return 0;
  }).map(() => {
    let token = '';
    const took = timed(() => {
      token = claimFrom(store, now, { maxRunning: 4 })?.attempt_token ?? '';
    });
    store.finish(token, endWith());
    return took;
  });
  const filters = [{}, { status: ['failed', 'dead'] }, { status: ['succeeded'] }, { q: 'Test' }] as const;
  const lists = times(PAGES, (n) => {
    const { status } = filters[n % filters.length] as { status?: ('failed' | 'dead' | 'succeeded')[] };
    return store.list({ limit: 50, count: true, ...(status === undefined ? {} : { status }) });
  });
  const counts = times(20, () => store.counts());
  const ids = core.db.raw.prepare<[], string>('SELECT id FROM task ORDER BY id LIMIT 50 OFFSET 400000').pluck().all();
  const events = times(ids.length, (n) => core.events.listOf(ids[n] ?? '', 0, 100));
  const [claim, list, count, found] = [
    percentile(claims, 0.99),
    percentile(lists, 0.95),
    percentile(counts, 0.5),
    percentile(events, 0.5),
  ];
  say(
    `among ${FINISHED} finished: claim p50 ${ms(percentile(claims, 0.5))}, p99 ${ms(claim)} (bar ${bars.claimP99}); ` +
      `list page p95 ${ms(list)} (bar ${bars.listP95}); counters ${ms(count)} (bar ${bars.countsMs}); ` +
      `events of an old task ${ms(found)} (bar ${bars.eventsMs})`,
  );
  return claim <= bars.claimP99 && list <= bars.listP95 && count <= bars.countsMs && found <= bars.eventsMs;
}

/** From the start of the program to its ready line, ms. */
async function startUp(dir: string): Promise<number> {
  const began = performance.now();
  const child: ChildProcess = spawn(process.execPath, [path.join(ROOT, 'out/main/cli.js'), 'serve', '--port', '0'], {
    cwd: ROOT,
    env: { ...process.env, TABAGENT_KEYRING: 'off', TABAGENT_DATA_DIR: dir },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  const took = performance.now() - began;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
  return took;
}

/** Runs the benchmark and prints its figures. @returns false when a bar is missed */
export async function bench(): Promise<boolean> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-bench-history-'));
  try {
    const core = openTestCore({}, dir);
    // Of today, so that none of it is old enough to be removed at the start.
    core.clock.step(Date.now() - core.clock.now());
    const now = core.clock.now();
    fill(core, now);
    const met = [reads(core, now)];
    core.db.close();
    const starts: number[] = [];
    for (let n = 0; n <= STARTS; n++) starts.push(await startUp(dir));
    const start = percentile(starts.slice(1), 0.5);
    const mb = fs.readdirSync(dir).reduce((sum, name) => sum + fs.statSync(path.join(dir, name)).size, 0) / 1_048_576;
    say(`start to ready with that history (${mb.toFixed(0)} MB): ${start.toFixed(0)} ms (bar ${bars.startMs})`);
    met.push(start <= bars.startMs);
    return met.every(Boolean);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
