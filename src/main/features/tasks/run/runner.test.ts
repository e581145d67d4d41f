import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTaskHost, type TaskHost } from '../../../../../tests/support/tasks.ts';
import { findProcesses } from '../../../core/process/process-tree.ts';
import { MAX_STEPS } from './details.ts';

let host: TaskHost;
beforeEach(async () => {
  host = openTaskHost({ settings: { 'executor.grace_seconds': 0.3 } });
  await host.tasks.start();
});
afterEach(() => host.dispose());

const linesOf = async (id: string) => (await host.tasks.service.logs(id, { limit: 5000 })).items;

describe('one attempt', () => {
  test('runs, logs, reports steps, progress and artifacts, and ends with its output', async () => {
    const command = await host.command();
    const task = await host.run(command, [
      ['log', 'hello'],
      ['raw', 'plain\nunfinished'],
      ['rawError', 'oops\n'],
      ['step', [1, 'sign in']],
      ['endStep', [1]],
      ['progress', 40],
      ['artifact', ['shot.png', 'not really a png']],
      ['succeed', { rows: 3 }],
    ]);
    const done = await host.ends(task.id);
    expect(done).toMatchObject({ status: 'succeeded', attempt: 1, output: { rows: 3 }, error: null });
    expect(done.steps).toMatchObject([{ seq: 1, attempt: 1, name: 'sign in', status: 'succeeded' }]);
    expect(done.progress).toEqual({ percent: 40, message: 'at 40' });
    const lines = await linesOf(task.id);
    expect(lines.map((line) => line.seq)).toEqual(lines.map((_, i) => i + 1));
    expect(lines.map((line) => [line.source, line.message])).toEqual(
      expect.arrayContaining([
        ['script', 'hello'],
        ['stdout', 'plain'],
        ['stdout', 'unfinished'],
        ['stderr', 'oops'],
      ]),
    );
    expect(done.attempts[0]).toMatchObject({
      status: 'succeeded',
      log_lines: lines.length,
      log_dropped: 0,
      exit_code: 0,
    });
    const [artifact] = host.tasks.service.artifacts(task.id);
    expect(artifact).toMatchObject({ kind: 'screenshot', name: 'shot.png', bytes: 16 });
    expect(artifact?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(readdirSync(host.paths.temp)).toEqual([]);
  });

  // Catches a host that trusts its executors to keep the limits: rows and log files would grow with what a script returns.
  test('what an executor reports beyond the limits is bounded by the host, and a large output becomes an artifact', async () => {
    const command = await host.command();
    const task = await host.run(command, [
      ['step', [1, 'large']],
      ['endStep', [1, 'succeeded', 20_000]],
      ['step', [2, 'small']],
      ['endStep', [2, 'succeeded', 10]],
      ['longLine', 70_000],
      ['largeOutput', 1_200_000],
    ]);
    const done = await host.ends(task.id);
    expect(done).toMatchObject({ status: 'succeeded', output: { artifact: 'output.json', bytes: 1_200_002 } });
    expect(done.steps.map(({ output }) => output)).toEqual([null, 'oooooooooo']);
    expect(host.tasks.service.artifacts(task.id)).toMatchObject([{ name: 'output.json', bytes: 1_200_002 }]);
    const line = (await linesOf(task.id)).find(({ message }) => message.startsWith('mmm'));
    expect(line?.message.length).toBeLessThanOrEqual(65_536);
    expect(line?.message.slice(-30)).toMatch(/m… \(\d+ more characters\)$/);
    expect(line?.data).toEqual({ omitted: '70011 characters of data' });
  });

  test('a result sent right before the exit is not lost to the exit', async () => {
    const command = await host.command();
    const tasks = await Promise.all(Array.from({ length: 8 }, () => host.run(command, [['succeed', { ok: 1 }]])));
    for (const task of tasks) expect((await host.ends(task.id)).status).toBe('succeeded');
  });

  test('an exit without a result is a crash with its exit code; a signal is named; the last one is a dead letter', async () => {
    const command = await host.command();
    const exited = await host.ends((await host.run(command, [['exit', 7]])).id);
    expect(exited).toMatchObject({ status: 'dead', error: { code: 'worker_crashed', exit_code: 7, signal: null } });
    const killed = await host.ends((await host.run(command, [['kill', 'SIGKILL']])).id);
    expect(killed).toMatchObject({ status: 'dead', error: { code: 'worker_crashed', signal: 'SIGKILL' } });
  });

  test('a non-retryable failure fails at once, whatever attempts are left', async () => {
    const command = await host.command({ retry: { max: 3, backoff_seconds: 0, factor: 1 } });
    const task = await host.run(command, [['fail', { code: 'script-invalid', retryable: false }]]);
    expect(await host.ends(task.id)).toMatchObject({ status: 'failed', attempt: 1, error: { code: 'script_invalid' } });
  });

  test('a retryable failure is tried again, its log goes on with the next number', async () => {
    const command = await host.command({ retry: { max: 2, backoff_seconds: 0, factor: 1 } });
    const task = await host.run(command, [
      ['log', 'try'],
      ['failBefore', 3],
      ['succeed', 'third time'],
    ]);
    const done = await host.ends(task.id);
    expect(done).toMatchObject({ status: 'succeeded', attempt: 3, output: 'third time' });
    expect(done.attempts.map((attempt) => attempt.status)).toEqual(['failed', 'failed', 'succeeded']);
    const lines = await linesOf(task.id);
    expect(lines.map((line) => line.seq)).toEqual(lines.map((_, i) => i + 1));
    expect(new Set(lines.map((line) => line.attempt))).toEqual(new Set([1, 2, 3]));
    expect(done.attempts.reduce((sum, attempt) => sum + attempt.log_lines, 0)).toBe(lines.length);
  });

  test('retry_after of the error is a lower bound of the wait', async () => {
    const command = await host.command({ retry: { max: 1, backoff_seconds: 0, factor: 1 } });
    const task = await host.run(command, [['fail', { retry_after: 3600 }]]);
    await host.becomes(task.id, 'retrying');
    const row = host.store.get(task.id);
    expect((row?.due_at ?? 0) - Date.now()).toBeGreaterThan(3_590_000);
  });

  test('its timeout counts from its start and ends the whole tree', async () => {
    const command = await host.command();
    const task = await host.run(
      command,
      [
        ['daemon', null],
        ['ignoreCancel', null],
        ['hang', null],
      ],
      { timeout_seconds: 1 },
    );
    await host.becomes(task.id, 'running');
    const token = host.runIdOf(task.id);
    const done = await host.ends(task.id);
    expect(done).toMatchObject({ status: 'timed_out', error: { code: 'task_timeout', timeout_seconds: 1 } });
    expect(await findProcesses(token)).toEqual([]);
  });

  test('an executor that lingers after its result is ended; what it said stands', async () => {
    const command = await host.command();
    const task = await host.run(command, [
      ['linger', null],
      ['log', 'still here'],
      ['exit', 0],
    ]);
    expect((await host.ends(task.id)).status).toBe('succeeded');
  });

  test('unreadable messages are passed over', async () => {
    const command = await host.command();
    const task = await host.run(command, [
      ['garbage', null],
      ['succeed', 1],
    ]);
    expect((await host.ends(task.id)).status).toBe('succeeded');
  });

  test('steps over the limit are counted, not kept; progress is at most four a second', async () => {
    const command = await host.command();
    const task = await host.run(command, [
      ['steps', MAX_STEPS + 50],
      ['manyProgress', 500],
      ['succeed', null],
    ]);
    const done = await host.ends(task.id, 40);
    expect(done.steps).toHaveLength(MAX_STEPS);
    expect(done.steps.every((step) => step.status === 'cancelled')).toBe(true);
    expect((await linesOf(task.id)).map((line) => line.message)).toContain('50 more steps were not kept.');
    const progress = host.events.listOf(task.id, 0, 100_000).filter((change) => change.type === 'task.progress');
    const seconds = (done.duration_ms ?? 0) / 1000;
    expect(progress.length).toBeLessThanOrEqual(4 * seconds + 2);
  });

  test('an artifact outside its folder is refused, by path and by symbolic link', async () => {
    const command = await host.command();
    const task = await host.run(command, [
      ['artifact', ['evil', 'x', '../../../../../etc/passwd']],
      ['link', ['sneaky', '/etc/passwd']],
      ['succeed', null],
    ]);
    await host.ends(task.id);
    expect(host.tasks.service.artifacts(task.id)).toEqual([]);
    expect((await linesOf(task.id)).filter((line) => /was not kept/.test(line.message))).toHaveLength(2);
  });

  test('the environment holds no variable of the host but those that programs need', async () => {
    process.env.TABAGENT_TEST_SECRET = 'hunter2';
    const command = await host.command();
    const task = await host.run(command, [['env', null]]);
    await host.ends(task.id);
    delete process.env.TABAGENT_TEST_SECRET;
    const names = JSON.parse((await linesOf(task.id))[0]?.message ?? '[]') as string[];
    expect(names).not.toContain('TABAGENT_TEST_SECRET');
    expect(names).toContain('TABAGENT_RUN_ID');
    expect(names).toContain('TMPDIR');
  });

  test('secrets reach the executor over IPC only; answers, rows, logs and events never show them', async () => {
    const secret = 'S3cr3t-Passw0rd!';
    const command = await host.command({
      input_schema: { type: 'object', properties: { password: { type: 'string', format: 'password' } } },
    });
    const steps = [
      ['argv', null],
      ['echo', null],
      ['raw', `typed ${secret}\n`],
      ['echoOutput', null],
    ];
    const task = await host.run(command, [], { input: { do: steps, password: secret } });
    expect(task.input.password).toBe('••••••');
    const done = await host.ends(task.id);
    const lines = await linesOf(task.id);
    // The steps in the input carry the value in plain on purpose: what is under test is everything after the snapshot.
    expect(lines.map((line) => line.message).join('\n')).toContain('typed [redacted]');
    expect(lines.map((line) => line.message).join('\n')).not.toContain(secret);
    expect(JSON.stringify(done.output)).not.toContain(secret);
    const row = host.store.get(task.id);
    expect(JSON.parse(row?.input ?? '{}').password).toEqual({ $secret: expect.stringMatching(/^sec_/) });
    expect(JSON.stringify(host.events.list(0, 10_000))).not.toContain(secret);
    await host.tasks.service.remove(task.id);
    expect(host.db.raw.prepare('SELECT count(*) AS n FROM secret').get()).toEqual({ n: 0 });
    expect(existsSync(path.join(host.paths.tasks, task.id))).toBe(false);
  });
});
