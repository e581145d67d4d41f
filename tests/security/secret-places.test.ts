/** Where the secrets of a program are while it runs: where other programs look, they are not. */
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXECUTOR, openTaskHost, type TaskHost } from '../support/tasks.ts';

const SECRET = 'S3cr3t-Passw0rd!';
const input_schema = { type: 'object', properties: { password: { type: 'string', format: 'password' } } };
/** Says where it is, what it got and then waits for its end. */
const LOOK = `const fs = require('fs'); const [, file] = process.argv;
  console.log(JSON.stringify({ pid: process.pid, file, length: fs.readFileSync(file, 'utf8').length, typed: fs.readFileSync(0, 'utf8').length }));
  setInterval(() => {}, 1000)`;

let host: TaskHost;
beforeEach(async () => {
  host = openTaskHost({ executor: EXECUTOR });
  await host.tasks.start();
});
afterEach(() => host.dispose());

async function firstOutput(id: string): Promise<{ pid: number; file: string; length: number; typed: number }> {
  for await (const line of host.tasks.service.followLogs(id, 0, new AbortController().signal)) {
    if ('message' in line && line.source === 'stdout') return JSON.parse(line.message);
  }
  throw new Error('no output');
}

describe.skipIf(process.platform !== 'linux')('a secret in stdin and in a private file', () => {
  // Catches a password in /proc/<pid>/cmdline, which every user of the machine may read.
  test('reaches the program, is not in its arguments and environment, and goes with the attempt', async () => {
    const spec = {
      argv: [process.execPath, '-e', LOOK, '{{files.login}}'],
      env: { LOGIN: '{{files.login}}' },
      stdin: '{{password}}',
      files: { login: 'user:{{password}}' },
    };
    const task = await host.run(await host.command({ spec, input_schema }), [], { input: { password: SECRET } });
    const { pid, file, length, typed } = await firstOutput(task.id);
    expect([length, typed]).toEqual([SECRET.length + 5, SECRET.length]);
    for (const name of ['cmdline', 'environ']) {
      const text = readFileSync(`/proc/${pid}/${name}`, 'utf8');
      expect(text).toContain(file);
      expect(text).not.toContain(SECRET);
    }
    await host.tasks.service.cancel(task.id, false);
    await host.ends(task.id);
    expect(existsSync(file)).toBe(false);
  });
});

// Catches a task that was made before the rule, or whose schema has changed since.
test('an attempt whose snapshot would expose a sealed secret fails before its program starts', async () => {
  const spec = { argv: [process.execPath, '-e', '1', '{{password}}'], allow_secret_in_argv: true };
  host.settings.update({ 'executor.paused': true });
  const task = await host.run(await host.command({ spec, input_schema }), [], { input: { password: SECRET } });
  const stored = { kind: 'process', argv: spec.argv };
  host.db.raw
    .prepare("UPDATE task SET spec = ?, input_schema = '{}' WHERE id = ?")
    .run(JSON.stringify(stored), task.id);
  host.settings.update({ 'executor.paused': false });
  expect(await host.ends(task.id)).toMatchObject({
    status: 'failed',
    error: { code: 'validation_error', errors: { 'spec.argv.3': expect.stringContaining('allow_secret_in_argv') } },
  });
});
