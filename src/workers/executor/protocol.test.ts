/** The executor as the host sees it: what it does with messages in any order, and when the host goes away. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Harness } from './executor.harness.ts';

const node = (source: string) => ({ kind: 'process', argv: [process.execPath, '-e', source] });
const FOREVER = node('console.log("up"); setInterval(() => {}, 1000)');
const codeOf = (executor: Harness) => executor.exited.then(([code]) => code);

describe('the host', () => {
  it('is told ready before anything is asked, and the result last', async () => {
    await using executor = new Harness();
    await executor.until(() => executor.messages.length > 0);
    expect(executor.messages).toEqual([{ t: 'ready' }]);
    executor.run(node('console.log(1)'));
    await executor.finish();
    expect(executor.messages.map(({ t }) => t)).toEqual(['ready', 'result']);
    expect(await codeOf(executor)).toBe(0);
  });

  // Catches a second job in one process: two tasks would share a log and folders.
  it('that sends a second job is ignored', async () => {
    await using executor = new Harness();
    executor.run(node('console.log("first")'));
    executor.run(node('console.log("second")'));
    expect(await executor.finish()).toMatchObject({ ok: true, output: 'first\n' });
    expect(executor.text()).not.toContain('second');
  });

  it('that cancels before it has sent a job gets an end without a result', async () => {
    await using executor = new Harness();
    await executor.until(() => executor.messages.length > 0);
    executor.cancel();
    expect(await codeOf(executor)).toBe(0);
    expect(executor.result).toBeUndefined();
  });

  it.each([
    ['cancelled', 'cancelled', 'cancelled', false],
    ['timed_out', 'timed_out', 'task_timeout', true],
    ['shutdown', 'cancelled', 'task_interrupted', true],
  ] as const)('that cancels because of %s is told outcome %s, code %s, retryable %s', async (reason, outcome, code, retryable) => {
    await using executor = new Harness();
    executor.run(FOREVER);
    await executor.log('up');
    executor.cancel(reason);
    executor.cancel('cancelled');
    expect(await executor.finish()).toMatchObject({ ok: false, outcome, retryable, error: { code }, exit_code: null });
  });

  // Catches programs that live on after a host that was killed.
  it('that goes away ends the program and the executor', async () => {
    await using executor = new Harness();
    executor.run(node('console.log("pid " + process.pid); setInterval(() => {}, 1000)'));
    const { message } = await executor.until(() => executor.logs.find((line) => /^pid \d+$/.test(line.message)));
    executor.child.disconnect();
    await executor.exited;
    const pid = Number(message.slice(4));
    // `kill 0` asks whether the process exists.
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('that sends something unreadable gets a process that ends with a failure, not one that guesses', async () => {
    await using executor = new Harness();
    await executor.until(() => executor.messages.length > 0);
    executor.child.send({ t: 'run', job: { spec: 'nonsense' } });
    expect(await codeOf(executor)).not.toBe(0);
    expect(executor.result).toBeUndefined();
  });
});

describe('a signal of the system', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends the attempt as interrupted', async (signal) => {
    await using executor = new Harness();
    executor.run(FOREVER);
    await executor.log('up');
    executor.child.kill(signal);
    expect(await executor.finish()).toMatchObject({ ok: false, error: { code: 'task_interrupted' }, retryable: true });
  });
});

describe('the place of an attempt', () => {
  it('is made by the executor, and temporary files of the program go there', async () => {
    await using executor = new Harness();
    executor.run(node('console.log(require("node:os").tmpdir())'));
    expect(await executor.finish()).toMatchObject({ ok: true, output: `${join(executor.dir, 't')}\n` });
    expect(existsSync(join(executor.dir, 'run'))).toBe(true);
  });

  // Catches a folder that cannot be made and an attempt that then never ends.
  it('that cannot be made fails the attempt', async () => {
    await using executor = new Harness();
    executor.run(node(''), { run_dir: '/dev/null/run' });
    expect(await executor.finish()).toMatchObject({
      ok: false,
      outcome: 'failed',
      error: { code: 'internal_server_error' },
    });
    expect(executor.logs.some(({ level, message }) => level === 'error' && message.includes('ENOTDIR'))).toBe(true);
  });
});

it('output that was written right before the end is not lost', async () => {
  await using executor = new Harness('stdout');
  executor.run(node('for (let n = 0; n < 5000; n++) process.stdout.write("line " + n + "\\n")'));
  const closed = once(executor.child, 'exit');
  expect(await executor.finish()).toMatchObject({ ok: true });
  await closed;
  expect(executor.flood.lines).toBe(5000);
});
