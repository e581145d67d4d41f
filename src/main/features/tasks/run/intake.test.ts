/** What the host keeps of an executor that neither redacts nor keeps to limits: a program that a script starts can write into its channel. */
import { validateHeaderValue } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EXECUTOR, openTaskHost, type TaskHost } from '../../../../../tests/support/tasks.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';

const SECRET = 'S3CR3T-marker-Qx7Zp0Lm4Nn8Vb2Ty6Rw1Ks5Hd9';
/** A text with most of the secret before `limit`, all of it, and more. */
const across = (limit: number) => `${'a'.repeat(limit - SECRET.length + 1)}{{secret}} and more`;

let host: TaskHost;
beforeEach(async () => {
  host = openTaskHost();
  await host.tasks.start();
});
afterEach(() => host.dispose());

const schema = { type: 'object', properties: { password: { type: 'string', format: 'password' } } };

async function run(steps: Json[]) {
  const command = await host.command({ input_schema: schema });
  const { id } = await host.run(command, [], { input: { do: steps, password: SECRET } });
  const { input: _, ...task } = await host.ends(id);
  return { task, artifacts: host.tasks.service.artifacts(id) };
}

const left = (value: unknown) => {
  const text = JSON.stringify(value);
  return Array.from({ length: SECRET.length - 7 }, (_, at) => SECRET.slice(at, at + 8)).filter((part) =>
    text.includes(part),
  );
};

// Catches a limit of the protocol that cuts a text while the secret in it is still there to be found.
test('texts are redacted before they are cut', async () => {
  const error = { type: 't', title: 't', status: 500, code: 'c', detail: across(65_536), stack: across(65_536) };
  const { task } = await run([
    ['say', { t: 'progress', percent: 1, message: across(1000) }],
    ['say', { t: 'step_start', seq: 1, parent: null, name: across(500), at: 1 }],
    ['say', { t: 'step_end', seq: 1, status: 'failed', output: null, error, at: 1 }],
    [
      'say',
      {
        t: 'evidence',
        seq: null,
        evidence: { stderr: across(8192), page_url: across(1000), call_log: [across(1000)] },
      },
    ],
    ['say', { t: 'result', ok: false, outcome: 'failed', error, retryable: false, exit_code: 1 }],
  ]);
  expect(task).toMatchObject({ status: 'failed', steps: [{ name: expect.stringMatching(/^a+\[redacted\]/) }] });
  expect(left(task)).toEqual([]);
});

// Catches a media type or a name that holds a secret, ends a header, or shows another extension than it has.
test('media types and names of artifacts are parsed, whatever an executor says', async () => {
  const types = ['text/{{secret}}', 'text/html\r\nx: 1', 'text/€', '', 'TEXT/html; charset=utf-8; x={{secret}}'];
  const names = ['{{secret}}.txt', '\u202egpj.exe', '\ud800', `${across(255)}.txt`, '../a\r\nb'];
  const { artifacts } = await run([
    ['artifact', ['file', 'text']],
    ...types.map(
      (mime, at): Json => ['say', { t: 'artifact', kind: 'output', name: names[at] ?? '', mime, file: 'file' }],
    ),
  ]);
  expect(artifacts).toHaveLength(6);
  expect(left(artifacts)).toEqual([]);
  const kept = artifacts.map(({ mime, name }) => [mime, name]).sort();
  expect(kept).toEqual([
    ['application/octet-stream', '[redacted].txt'],
    ['application/octet-stream', '_'],
    ['application/octet-stream', '_gpj.exe'],
    ['application/octet-stream', expect.stringMatching(/^a{200,}\[red[^.]*\.txt$/)],
    ['text/html; charset=utf-8', '_a_b'],
    ['text/plain', 'file'],
  ]);
});

test('an artifact of an earlier version is shown and sent with what a header can hold', async () => {
  const { artifacts } = await run([['artifact', ['file', 'text']]]);
  const id = artifacts[0]?.id ?? '';
  host.db.raw.prepare('UPDATE artifact SET mime = ?, name = ? WHERE id = ?').run('text/€\r\nx: 1', 'a\u202eb\n', id);
  const { mime, name } = host.tasks.service.content(id);
  expect(() => validateHeaderValue('content-type', mime)).not.toThrow();
  expect(host.tasks.service.artifact(id)).toMatchObject({ mime, name: 'a_b_' });
  expect(name).toBe('a_b_');
});

// Catches a word of the settings that only the host knows: the executor cuts through it, and writes it into files.
test('additional words to redact are redacted in executors too', async () => {
  const own = openTaskHost({ executor: EXECUTOR, settings: { 'redaction.extra': [SECRET] } });
  try {
    await own.tasks.start();
    const script = `process.stdout.write('a'.repeat(100) + ${JSON.stringify(SECRET)} + 'b'.repeat(65_500))`;
    const command = own.command({ spec: { argv: [process.execPath, '-e', script] } });
    const { output } = await own.ends((await own.run(await command, [])).id);
    expect(String(output)).toMatch(/b{65500}$/);
    expect(left(output)).toEqual([]);
  } finally {
    await own.dispose();
  }
});
