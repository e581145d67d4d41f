/** Measures how fast a model answers, through the same operations as any request. */
import type { Client } from '../../../../contract/client/client-types.ts';
import { loadedAs } from '../../../../contract/models/engines.ts';
import type { InstalledModel } from '../../../../contract/models/models.ts';
import { ChatChunk } from '../../../../contract/models/openai/chat.ts';
import { refOf } from '../../../../contract/models/reference.ts';

/** What one run found. */
export interface BenchmarkRun {
  /** When it ended, ms since 1970. */
  at: number;
  /** Written by a chat model, read by an embedding model. */
  tokens: number;
  tokensPerSecond: number | null;
  /** Null for a model that writes nothing. */
  firstTokenMs: number | null;
}

/** Tokens that a chat model writes at most, and texts that an embedding model reads. */
export const MAX_TOKENS = 128;
const TEXTS = 32;
const QUESTION = 'Describe, in plain sentences and without a list, how a letter travels from one town to another.';

/** Why a model has no benchmark; null when it has. */
export function noBenchmark(model: Pick<InstalledModel, 'type' | 'format'>): string | null {
  const use = loadedAs(model);
  return use === 'chat' || use === 'embedding' ? null : 'Only chat and embedding models have a benchmark';
}

/** Short enough for every embedding model. */
const TEXT = 'A letter travels by train.';

const rate = (tokens: number, ms: number) => (tokens > 0 && ms > 0 ? (tokens * 1_000) / ms : null);

/**
 * Loads the model, which does not count, and runs it once.
 * @param progress called with the tokens so far
 * @throws AppError what the host answers, and when `signal` is aborted
 */
export async function measure(
  client: Client,
  model: InstalledModel,
  signal: AbortSignal,
  progress: (tokens: number) => void,
): Promise<BenchmarkRun> {
  await client.call('load_model', { model_id: refOf(model), wait: true }, { signal });
  return model.type === 'embedding' ? readTexts(client, model, signal) : writeAnswer(client, model, signal, progress);
}

async function writeAnswer(
  client: Client,
  model: InstalledModel,
  signal: AbortSignal,
  progress: (tokens: number) => void,
): Promise<BenchmarkRun> {
  const request = {
    model: refOf(model),
    // Another beginning each time: a prompt that has been computed before would answer at once.
    messages: [{ role: 'user', content: `${crypto.randomUUID().slice(0, 8)} ${QUESTION}` }],
    ...{ max_tokens: MAX_TOKENS, temperature: 0, stream: true },
    stream_options: { include_usage: true, continuous_usage_stats: true },
  };
  const begun = performance.now();
  let first: number | null = null;
  let last = begun;
  let tokens = 0;
  for await (const item of client.raw('chat', request, { signal })) {
    const { usage } = ChatChunk.parse(item);
    const written = usage?.completion_tokens ?? 0;
    if (written <= tokens) continue;
    tokens = written;
    last = performance.now();
    first ??= last;
    progress(tokens);
  }
  return {
    at: Date.now(),
    tokens,
    // The first token ends the prompt: the speed is of those behind it.
    tokensPerSecond: first === null ? null : rate(tokens - 1, last - first),
    firstTokenMs: first === null ? null : Math.round(first - begun),
  };
}

async function readTexts(client: Client, model: InstalledModel, signal: AbortSignal): Promise<BenchmarkRun> {
  const input = Array.from({ length: TEXTS }, (_, place) => `${place} ${TEXT}`);
  const begun = performance.now();
  const { usage } = await client.call('embeddings', { model: refOf(model), input }, { signal });
  const tokens = usage.total_tokens;
  return { at: Date.now(), tokens, tokensPerSecond: rate(tokens, performance.now() - begun), firstTokenMs: null };
}
