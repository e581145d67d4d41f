/**
 * What tasks cost: from the call to the start of a no-op task, the largest batch, draining 32 000 no-op tasks
 * beside plainjob and a bare queue on the same SQLite (both without leases, history and statistics), and the event loop under a
 * flood of log.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { better, defineQueue, defineWorker } from 'plainjob';
import { createRedactor } from '../../src/contract/kernel/redact/redact.ts';
import { systemClock } from '../../src/main/core/clock.ts';
import { openConnection } from '../../src/main/core/db/index.ts';
import { createTimeSlicer } from '../../src/main/core/scheduling/time-slicer.ts';
import { createLogs } from '../../src/main/features/tasks/log/logs.ts';
import { claimFrom, endWith, newTask, openStore } from '../support/task-store.ts';
import { openTaskHost } from '../support/tasks.ts';

const DRAINED = 32_000;
/** Tasks that are claimed, and finished, in one transaction. */
const PER_TURN = 8;
const ROUNDS = 5;
/** Tasks that one call can make at most. */
const BATCH = 1000;
const LATENCY_TASKS = 200;
const FLOOD_MB = 200;
const MIB = 1_048_576;

const bars = {
  walMb: 64,
  startP50: 5,
  startP99: 25,
  loopP99: 20,
  batchMs: 20,
  ofPlainjob: 1.1,
};

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function timed(work: () => void): number {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const ms = (value: number) => `${value.toFixed(2)} ms`;

/** From the call of tasks_create to the moment the task runs, one after the other. */
async function startLatency(): Promise<boolean> {
  const host = openTaskHost();
  await host.tasks.start();
  try {
    const command = await host.command();
    const waits: number[] = [];
    for (let n = 0; n < LATENCY_TASKS; n++) {
      const begin = performance.now();
      let started = 0;
      const stop = host.events.subscribe((changes) => {
        const running = (data: unknown) => (data as { status?: string } | null)?.status === 'running';
        if (started === 0 && changes.some((change) => change.type === 'task.updated' && running(change.data))) {
          started = performance.now();
        }
      });
      const task = await host.run(command, []);
      await host.ends(task.id);
      stop();
      if (n >= 10) waits.push(started - begin);
    }
    const p50 = percentile(waits, 0.5);
    const p99 = percentile(waits, 0.99);
    say(
      `enqueue → start of a no-op task: p50 ${ms(p50)} (bar ${bars.startP50}), p99 ${ms(p99)} (bar ${bars.startP99})`,
    );
    return p50 < bars.startP50 && p99 < bars.startP99;
  } finally {
    await host.dispose();
  }
}

/** The largest batch in one transaction, which holds up the event loop as long as it takes, beside bare inserts of the same rows. */
function largestBatch(): boolean {
  using harness = openStore();
  const { store, core } = harness;
  const { raw } = core.db;
  raw.exec('CREATE TABLE bare AS SELECT * FROM task WHERE 0');
  const rounds = Array.from({ length: 15 }, () => {
    const rows = Array.from({ length: BATCH }, () => newTask(core.clock.now()));
    const names = Object.keys(rows[0] ?? {});
    const insert = raw.prepare(`INSERT INTO bare (${names.join()}) VALUES (${names.map((name) => `@${name}`).join()})`);
    return {
      bare: timed(
        raw.transaction(() => {
          for (const row of rows) insert.run(row);
        }),
      ),
      batch: timed(() => core.db.transaction(() => store.insert(rows))),
    };
  });
  const took = percentile(
    rounds.map(({ batch }) => batch),
    0.5,
  );
  const ratio = percentile(
    rounds.map(({ batch, bare }) => batch / bare),
    0.5,
  );
  say(
    `${BATCH} tasks in one transaction: ${ms(took)} (bar ${bars.batchMs}), ${ratio.toFixed(1)} times bare inserts without indexes, events and counters`,
  );
  return took < bars.batchMs;
}

/** The least a queue on this database can do: insert, take, mark as done. */
function bareDrain(): number {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-bench-'));
  const raw = openConnection(path.join(dir, 'bare.db'));
  raw.exec('CREATE TABLE job (id INTEGER PRIMARY KEY, status TEXT NOT NULL, due INTEGER NOT NULL, data TEXT NOT NULL)');
  raw.exec("CREATE INDEX job_queue ON job (due, id) WHERE status = 'queued'");
  const add = raw.prepare("INSERT INTO job (status, due, data) VALUES ('queued', ?, ?)");
  raw.transaction(() => {
    for (let n = 0; n < DRAINED; n++) add.run(n, '{}');
  })();
  const take = raw.prepare<[], { id: number }>(
    "UPDATE job SET status = 'running' WHERE id = (SELECT id FROM job WHERE status = 'queued' ORDER BY due, id LIMIT 1) RETURNING id",
  );
  const done = raw.prepare<[number]>("UPDATE job SET status = 'done' WHERE id = ?");
  const took = timed(() => {
    for (let job = take.get(); job; job = take.get()) done.run(job.id);
  });
  raw.close();
  rmSync(dir, { recursive: true, force: true });
  return DRAINED / (took / 1000);
}

/** plainjob's own queue and worker on a database of the same settings. */
async function plainjobDrain(): Promise<number> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-bench-'));
  const connection = openConnection(path.join(dir, 'plainjob.db'));
  const quiet = () => undefined;
  const logger = { error: console.error, warn: quiet, info: quiet, debug: quiet };
  const queue = defineQueue({ connection: better(connection), logger });
  queue.addMany(
    'no-op',
    Array.from({ length: DRAINED }, () => ({})),
  );
  let done = 0;
  const begin = performance.now();
  const took = await new Promise<number>((resolve) => {
    const worker = defineWorker('no-op', () => undefined, {
      queue,
      logger,
      onCompleted: () => {
        done += 1;
        if (done === DRAINED) void worker.stop().then(() => resolve(performance.now() - begin));
      },
    });
    void worker.start();
  });
  queue.close();
  rmSync(dir, { recursive: true, force: true });
  return DRAINED / (took / 1000);
}

/** Claim and finish in our store, with leases, attempts, events and statistics; the event loop has its turn after every eight. */
async function drain(): Promise<{ rate: number; loopP99: number; walMb: number }> {
  using harness = openStore();
  const { store, core } = harness;
  const now = core.clock.now();
  const rows = Array.from({ length: DRAINED }, () => newTask(now));
  for (let from = 0; from < DRAINED; from += 1000) store.insert(rows.slice(from, from + 1000));
  const claimOne = () => claimFrom(store, now, { maxRunning: PER_TURN })?.attempt_token ?? '';
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const begin = performance.now();
  let tokens: string[] = [];
  for (let n = 0; n <= DRAINED; n += PER_TURN) {
    tokens = store.batch(() => {
      for (const token of tokens) if (store.finish(token, endWith()) === null) throw new Error('lost a task');
      return Array.from({ length: n < DRAINED ? PER_TURN : 0 }, claimOne);
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (store.counts().succeeded !== DRAINED) throw new Error('tasks were lost');
  const took = performance.now() - begin;
  delay.disable();
  // The file keeps the largest size that it had.
  const walMb = statSync(`${core.db.path}-wal`).size / MIB;
  return { rate: DRAINED / (took / 1000), loopP99: delay.percentile(99) / 1e6, walMb };
}

/** 200 MB of log through the whole path to the file. */
async function flood(): Promise<boolean> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'tabagent-bench-'));
  const logs = createLogs({
    dirOf: () => dir,
    isEnded: () => false,
    redactor: createRedactor(['a-secret-value']),
    clock: systemClock,
    timeSlicer: createTimeSlicer(),
    onDiskError: (_id, error) => {
      throw error;
    },
  });
  const writer = await logs.write('tsk', 1, 64 * MIB);
  const block = Buffer.from(`${'flood '.repeat(20)}\n`.repeat(512));
  async function* bytes() {
    for (let sent = 0; sent < FLOOD_MB * 1e6; sent += block.length) yield block;
  }
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const before = process.memoryUsage().rss;
  delay.enable();
  const begin = performance.now();
  writer.read(Readable.from(bytes(), { objectMode: false, highWaterMark: 65_536 }), 'stdout');
  await writer.close(600_000);
  const took = performance.now() - begin;
  delay.disable();
  const p99 = delay.percentile(99) / 1e6;
  const grown = (process.memoryUsage().rss - before) / MIB;
  rmSync(dir, { recursive: true, force: true });
  say(
    `log flood of ${FLOOD_MB} MB: ${(FLOOD_MB / (took / 1000)).toFixed(0)} MB/s, event-loop delay p99 ${ms(p99)} (bar ${bars.loopP99}), memory +${grown.toFixed(0)} MiB`,
  );
  return p99 < bars.loopP99;
}

/** Runs the benchmark and prints its figures. @returns false when a bar is missed */
export async function bench(): Promise<boolean> {
  const results = [await startLatency(), largestBatch()];
  const bare = bareDrain();
  // Side by side in turns: what disturbs the machine disturbs both.
  const rounds: ({ plainjob: number } & Awaited<ReturnType<typeof drain>>)[] = [];
  for (let n = 0; n < ROUNDS; n++) rounds.push({ plainjob: await plainjobDrain(), ...(await drain()) });
  const rate = percentile(
    rounds.map((round) => round.rate),
    0.5,
  );
  const ratio = percentile(
    rounds.map((round) => round.rate / round.plainjob),
    0.5,
  );
  const loopP99 = Math.min(...rounds.map((round) => round.loopP99));
  say(
    `drain of ${DRAINED} no-op tasks: ${rate.toFixed(0)}/s, ${ratio.toFixed(2)} of plainjob (bar ${bars.ofPlainjob}), ${(rate / bare).toFixed(2)} of a bare queue (${bare.toFixed(0)}/s); event-loop delay p99 ${ms(loopP99)} (bar ${bars.loopP99})`,
  );
  const walMb = Math.max(...rounds.map((round) => round.walMb));
  say(`write-ahead log of the drain: ${walMb.toFixed(0)} MB at most (bar ${bars.walMb})`);
  results.push(walMb <= bars.walMb, ratio >= bars.ofPlainjob, loopP99 < bars.loopP99, await flood());
  return results.every((ok) => ok);
}

if (import.meta.main) process.exitCode = (await bench()) ? 0 : 1;
