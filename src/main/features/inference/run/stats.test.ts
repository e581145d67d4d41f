/** What generations took. */
import { expect, test } from 'vitest';
import { never, openResidents } from '../../../../../tests/support/models/residents.ts';
import type { GenerationEnd } from './generation.ts';
import { createStats, tokensPerSecond } from './stats.ts';

const end = (changes: Partial<GenerationEnd> = {}): GenerationEnd => ({
  ...{ reason: 'stop', promptTokens: 10, cachedTokens: 4, completionTokens: 5, reasoningTokens: 0, stopped: false },
  drafted: { accepted: 0, rejected: 0 },
  ...{ droppedMessages: 0, droppedTokens: 0, timings: { firstTokenMs: 100, totalMs: 500 } },
  ...changes,
});

test('the rate is that of the tokens after the first: the first ends the prompt', () => {
  expect(tokensPerSecond(end())).toBe(10);
  expect(tokensPerSecond(end({ completionTokens: 1 }))).toBe(0);
  expect(tokensPerSecond(end({ completionTokens: 0 }))).toBe(0);
  // Catches a division by nothing when one token came at once.
  expect(tokensPerSecond(end({ timings: { firstTokenMs: 500, totalMs: 500 } }))).toBe(0);
  expect(tokensPerSecond(end({ timings: { firstTokenMs: null, totalMs: 400 } }))).toBe(10);
});

test('before anything was asked for there are noughts', () => {
  const subject = openResidents();
  expect(createStats(subject).read()).toMatchObject({
    ...{ total_requests: 0, tokens_per_second: 0, average_response_time_ms: 0, models_loaded: 0, memory_used_mb: 0 },
  });
});

test('requests are counted by how they ended, tokens by model, and times by the last one', () => {
  const subject = openResidents();
  const { clock, a, b } = subject;
  const stats = createStats(subject);
  stats.finished(a, end({ drafted: { accepted: 3, rejected: 1 } }), 'done');
  stats.finished(a, end({ promptTokens: 0, cachedTokens: 0, completionTokens: 0 }), 'failed');
  // Catches work that nobody sees in metrics because its caller has left.
  stats.finished(a, end({ promptTokens: 7, cachedTokens: 0, completionTokens: 2 }), 'cancelled');
  stats.finished(b, end({ completionTokens: 21, timings: { firstTokenMs: 1000, totalMs: 3000 } }), 'done');
  clock.advance(61_500);
  expect(stats.read()).toMatchObject({
    ...{ total_requests: 4, successful_requests: 2, failed_requests: 2, average_response_time_ms: 1750 },
    ...{ time_to_first_token: 1, total_time: 3, tokens_per_second: 10, output_tokens: 21, uptime_seconds: 61 },
    ...{ draft_tokens_accepted: 3, draft_tokens_rejected: 1 },
  });
  const { tokens, works } = stats.figures();
  expect(works).toContainEqual({ model: 'a', work: 'generate', outcome: 'cancelled', count: 1, seconds: 0.5 });
  expect(works).toContainEqual({ model: 'b', work: 'generate', outcome: 'done', count: 1, seconds: 3 });
  expect(tokens).toContainEqual({ model: 'a', kind: 'prompt', count: 17 });
  expect(tokens).toContainEqual({ model: 'a', kind: 'cached', count: 4 });
  expect(tokens).toContainEqual({ model: 'a', kind: 'draft_accepted', count: 3 });
  expect(tokens).toContainEqual({ model: 'b', kind: 'completion', count: 21 });
});

test('loaded models are told with what they take and who uses them, those that are loading are not', async () => {
  const gate = Promise.withResolvers<void>();
  const subject = openResidents({ hold: gate.promise });
  const { residents, a } = subject;
  const stats = createStats(subject);
  const leased = residents.lease(a, never);
  await expect.poll(() => residents.get('a')).toBeDefined();
  expect([stats.figures().loaded, stats.read().models_loaded]).toEqual([[], 0]);
  gate.resolve();
  const { resident } = await leased;
  const leave = await resident.turns.enter('me', never);
  void resident.turns.enter('me', never);
  expect(stats.figures().loaded).toEqual([{ model: 'a', bytes: resident.bytes, device: 'cpu', active: 1, queued: 1 }]);
  expect(stats.read()).toMatchObject({ models_loaded: 1, memory_used_mb: 104 });
  leave();
});
