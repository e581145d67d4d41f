/** kill -9 of the whole program while a model answers, and what the next start has of the conversation. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { StoredMessage } from '../../src/contract/models/sessions.ts';
import { writeLlama } from '../support/models/llama-model.ts';
import { type ServedHost, serveHost } from '../support/served-host.ts';

const messages = async (host: ServedHost) =>
  (await host.request<{ messages: StoredMessage[] }>('GET', '/v1/sessions/one/history')).messages;

// Catches an answer, streamed or not, of which nothing is kept until it has ended.
test.each([false, true])('what was asked, and written by then, is there (streamed: %s)', async (stream) => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tabagent-kill-'));
  fs.mkdirSync(path.join(dir, 'models'));
  // Long enough that it is killed long before it has ended.
  writeLlama(path.join(dir, 'models', 'tiny.gguf'), { context: 100_000 });
  const first = await serveHost(dir);
  await first.request('PATCH', '/v1/settings', { 'inference.self_check': false, 'inference.context_length': 100_000 });
  const asked = first
    .request('POST', '/v1/chat/completions', {
      // Sampled, it may end with its first token.
      ...{ model: 'local/tiny', session_id: 'one', stream, max_tokens: 90_000, temperature: 0 },
      messages: [{ role: 'user', content: 'Tell me all.' }],
    })
    .catch(() => undefined);
  await expect
    .poll(async () => (await messages(first).catch(() => []))[1], { timeout: 60_000 })
    .toMatchObject({ role: 'assistant', content: expect.stringMatching(/./s) });
  await first.stop('SIGKILL');
  await asked;

  await using second = await serveHost(dir);
  expect(await messages(second)).toMatchObject([
    { role: 'user', content: 'Tell me all.' },
    { role: 'assistant', content: expect.stringMatching(/./s) },
  ]);
});
