/** The samples that the panel offers to be copied, run by the programs that they are for. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SAMPLES } from '../../src/renderer/features/schedules/webhook/samples.ts';
import { createTestHost, type TestHost } from '../support/host.ts';

const run = promisify(execFile);
let subject: TestHost;
let hook: { url: string; secret: string };
beforeAll(async () => {
  subject = await createTestHost();
  const { client } = subject.host;
  const spec = { argv: [process.execPath, '-e', '1'] };
  const { id: command_id } = await client.call('commands_create', { name: 'Deploy', kind: 'process', spec });
  const trigger = { kind: 'webhook' as const };
  const { id } = await client.call('schedules_create', { name: 'On push', target: { command_id }, trigger });
  hook = await client.call('schedules_secret', { id });
}, 60_000);
afterAll(() => subject[Symbol.asyncDispose]());

/** @returns what the sample has printed */
async function output(program: string, args: string[], WEBHOOK_SECRET: string): Promise<string> {
  const env = { PATH: process.env.PATH, WEBHOOK_SECRET };
  return (await run(program, args, { env, timeout: 30_000 })).stdout;
}
const shell = process.platform === 'win32' ? test.skip : test;

// Catches a sample that does not run as it stands, and one that sends twice the same.
shell('curl', async () => {
  const send = (secret = hook.secret) => output('sh', ['-ec', SAMPLES.curl(hook.url)], secret);
  expect(JSON.parse(await send())).toMatchObject({ outcome: 'stored' });
  expect(JSON.parse(await send())).toMatchObject({ outcome: 'stored' });
  expect(JSON.parse(await send(`whsec_${Buffer.alloc(32).toString('base64')}`))).toMatchObject({
    code: 'unauthorized',
  });
});

test('Node.js', async () => {
  const file = path.join(subject.dir, 'sample.mjs');
  fs.writeFileSync(file, SAMPLES.node(hook.url));
  expect(await output(process.execPath, [file], hook.secret)).toMatch(/^202 .*"stored"/);
});
