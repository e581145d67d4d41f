import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limitNow } from '../../../../tests/support/pace.ts';
import { Harness } from '../executor.harness.ts';

const node = (source: string, ...args: string[]) => [process.execPath, '-e', source, ...args];
const spec = (argv: string[], rest: object = {}) => ({ kind: 'process', argv, ...rest });

const alive = (pid: number) => existsSync(`/proc/${pid}`);

describe('process runner', () => {
  it('streams both outputs, feeds stdin, and keeps stdout as the output', async () => {
    await using executor = new Harness();
    executor.run(
      spec(
        node(
          `process.stdin.on('data', (d) => process.stdout.write('in: ' + d)).on('end', () => { console.error('to stderr'); console.log('ü'); })`,
        ),
        {
          stdin: 'hello\n',
        },
      ),
    );
    expect(await executor.finish()).toEqual({ t: 'result', ok: true, output: 'in: hello\nü\n' });
    const lines = executor.logs
      .filter((line) => line.source !== 'host')
      .map(({ source, level, message }) => [source, level, message]);
    expect(lines).toEqual(
      expect.arrayContaining([
        ['stdout', 'info', 'in: hello'],
        ['stdout', 'info', 'ü'],
        ['stderr', 'warn', 'to stderr'],
      ]),
    );
    expect(await executor.exited).toEqual([0, null]);
  });

  it('gives JSON as JSON, and says so when it is none', async () => {
    await using good = new Harness();
    await using bad = new Harness();
    good.run(spec(node('console.log(JSON.stringify({ a: [1] }))'), { output: 'json' }));
    bad.run(spec(node('console.log("{ nope")'), { output: 'json' }));
    expect(await good.finish()).toMatchObject({ ok: true, output: { a: [1] } });
    expect(await bad.finish()).toMatchObject({ ok: false, retryable: false, error: { code: 'process_failed' } });
  });

  it('takes arguments literally: no shell interprets them', async () => {
    await using executor = new Harness();
    executor.run(spec(node('console.log(process.argv[1])', '$(id); `id` && "quoted" *')));
    expect(await executor.finish()).toMatchObject({ output: '$(id); `id` && "quoted" *\n' });
  });

  it('passes on a minimal environment with what the spec adds', async () => {
    await using executor = new Harness();
    executor.run(spec(node('console.log(JSON.stringify(process.env))'), { output: 'json', env: { ADDED: 'yes' } }));
    const result = await executor.finish();
    const env = result?.ok ? (result.output as Record<string, string>) : {};
    expect(env).toMatchObject({ ADDED: 'yes', TABAGENT_RUN_ID: executor.runId, TMPDIR: join(executor.dir, 't') });
    expect(Object.keys(env).filter((name) => /^(VITEST|NODE_(?!EXTRA_CA_CERTS)|npm_)/.test(name))).toEqual([]);
  });

  it('tells exit code, signal and the last words of a program that fails', async () => {
    await using executor = new Harness();
    executor.run(spec(node('console.error("disk is full"); process.exit(3)')));
    expect(await executor.finish()).toMatchObject({
      ok: false,
      outcome: 'failed',
      exit_code: 3,
      retryable: true,
      error: { code: 'process_failed', exit_code: 3, detail: expect.stringContaining('Exit code 3: disk is full') },
    });
    await using allowed = new Harness();
    allowed.run(spec(node('process.exit(3)'), { success_codes: [0, 3] }));
    expect(await allowed.finish()).toMatchObject({ ok: true });
  });

  it('names a program that does not exist with the PATH, and a missing folder as such', async () => {
    await using missing = new Harness();
    await using folder = new Harness();
    missing.run({ kind: 'process', argv: ['no-such-program-here'] });
    folder.run(spec(node('1'), { cwd: '/no/such/folder' }));
    expect(await missing.finish()).toMatchObject({
      retryable: false,
      error: {
        detail: expect.stringMatching(/no-such-program-here is in none of the folders of PATH \(.*bin/),
        reason: 'ENOENT',
      },
    });
    expect(await folder.finish()).toMatchObject({ retryable: false, error: { reason: 'cwd' } });
  });

  it.runIf(process.platform === 'linux')(
    'ends a program and its children on cancel, also those that ignore SIGTERM',
    async () => {
      await using executor = new Harness();
      executor.run({ kind: 'process', argv: ['sh', '-c', 'trap "" TERM; sleep 300 & echo "pids $$ $!"; wait; wait'] });
      const line = await executor.log('pids ');
      const pids = line.message.split(' ').slice(1).map(Number);
      const started = performance.now();
      executor.cancel();
      expect(await executor.finish()).toMatchObject({ ok: false, outcome: 'cancelled', error: { code: 'cancelled' } });
      const lasted = performance.now() - started;
      expect(lasted).toBeLessThan(await limitNow(1000));
      expect(pids.filter(alive)).toEqual([]);
    },
  );

  it.runIf(process.platform === 'linux')('does not wait for a daemon that keeps the output open', async () => {
    await using executor = new Harness();
    executor.run({ kind: 'process', argv: ['sh', '-c', 'setsid sleep 5 & echo started'] });
    const started = performance.now();
    expect(await executor.finish()).toMatchObject({ ok: true, output: 'started\n' });
    const lasted = performance.now() - started;
    expect(lasted).toBeLessThan(await limitNow(4000));
  });

  it('redacts secrets in every stream and in the output, also where they are cut in two', async () => {
    await using executor = new Harness();
    const secret = 'correct horse+battery/staple';
    executor.run(
      spec(
        node(`const s = process.env.PW; console.log(s, encodeURIComponent(s), Buffer.from('u:' + s).toString('base64'));
        process.stdout.write(s.slice(0, 9)); setTimeout(() => { process.stdout.write(s.slice(9) + '\\n'); console.error(JSON.stringify({ s })); process.exit(1); }, 50)`),
        { env: { PW: secret } },
      ),
      { secrets: [secret] },
    );
    await executor.finish();
    const everything = executor.text();
    expect(everything).not.toContain('horse');
    expect(everything).not.toContain('staple');
    expect(everything).not.toContain(Buffer.from(`u:${secret}`).toString('base64').slice(4, 20));
    expect(everything).toContain('[redacted]');
  });

  it('gives private files that nobody else can read, and says when a secret is where others can', async () => {
    await using executor = new Harness();
    const path = join(executor.dir, 't', 'files', 'login');
    const look = `const fs = require('fs'); const f = process.argv[1]; console.log((fs.statSync(f).mode & 0o777).toString(8),
      (fs.statSync(require('path').dirname(f)).mode & 0o777).toString(8), fs.readFileSync(f, 'utf8').length)`;
    const files = { login: 'user:correct horse\n', empty: '' };
    executor.run(spec(node(look, path), { files }), { secrets: ['correct horse'] });
    expect(await executor.finish(), executor.text()).toMatchObject({ ok: true, output: '600 700 19\n' });
    expect(executor.logs.filter(({ level }) => level === 'warn')).toEqual([]);
    await using shown = new Harness();
    shown.run(spec(node('1', 'correct horse')), { secrets: ['correct horse'] });
    await shown.finish();
    expect(shown.logs.map(({ message }) => message)).toContainEqual(expect.stringMatching(/can read a secret/));
  });

  it('lets a flood of 200 MB wait for its reader instead of filling memory', async () => {
    await using executor = new Harness('stdout');
    executor.run(
      spec(
        node(`const line = 'x'.repeat(1023) + '\\n'; const block = line.repeat(64); let left = 3200;
      const go = () => { while (left > 0) { left--; if (!process.stdout.write(block)) return process.stdout.once('drain', go); } }; go()`),
      ),
    );
    expect(await executor.finish()).toMatchObject({ ok: true });
    expect(executor.flood.lines).toBe(3200 * 64);
    expect(executor.flood.peak).toBeLessThan(300 * 1024 * 1024);
    process.stdout.write(
      `flood of a program: the executor's memory peaked at ${Math.round(executor.flood.peak / 1e6)} MB\n`,
    );
  }, 60_000);
});

it('refuses to be started by hand', async () => {
  const { spawnSync } = await import('node:child_process');
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, '../index.ts')], {
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('started by TabAgent');
});
