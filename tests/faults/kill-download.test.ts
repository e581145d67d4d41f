/** kill -9 of the host while a model is downloaded: the next start goes on where the bytes end. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Job } from '../../src/contract/host/jobs.ts';
import { openHubServer } from '../support/models/hub-server.ts';
import { writeLlama } from '../support/models/llama-model.ts';
import { serveHost } from '../support/served-host.ts';

const REPO = 'owner/Tiny-GGUF';
const SENT = 200_000;
/** What is noted at least: a multiple of this. */
const NOTED = 64 * 1024;

test('a download that kill -9 cuts off goes on by itself at the next start, and no byte that was noted is sent again', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-kill-download-'));
  const source = path.join(dir, 'source.gguf');
  writeLlama(source);
  const content = fs.readFileSync(source);
  await using hub = await openHubServer(REPO, { 'tiny-F16.gguf': content });
  const first = await serveHost(dir);
  await first.request('PATCH', '/v1/settings', { 'hub.endpoint': hub.url });
  hub.holdAfter = SENT;
  const held = hub.held();
  const { job_id } = await first.request<{ job_id: string }>('POST', '/v1/pull', { model: REPO });
  await held;
  await expect
    .poll(async () => (await first.request<Job>('GET', `/v1/jobs/${job_id}`)).progress.done_bytes, { timeout: 20_000 })
    .toBe(SENT);
  await first.stop('SIGKILL');
  hub.release();
  hub.requests.length = 0;

  await using second = await serveHost(dir);
  await expect
    .poll(async () => (await second.request<Job>('GET', `/v1/jobs/${job_id}`)).status, { timeout: 20_000 })
    .toBe('succeeded');
  const file = path.join(dir, 'models', 'owner', 'Tiny-GGUF', 'tiny-F16.gguf');
  expect(fs.readFileSync(file).equals(content)).toBe(true);
  expect(fs.readdirSync(path.dirname(file))).toEqual(['tiny-F16.gguf']);
  const [request, ...others] = hub.requests.filter(({ path: address }) => address.endsWith('.gguf'));
  expect(others).toEqual([]);
  const from = Number(/^bytes=(\d+)-/.exec(request?.range ?? '')?.[1]);
  expect(from).toBeGreaterThanOrEqual(SENT - NOTED);
  expect(from).toBeLessThanOrEqual(SENT);
});
