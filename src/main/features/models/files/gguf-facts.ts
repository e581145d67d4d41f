/** What the header of a GGUF model says about it. */
import type { ModelType } from '../../../../contract/models/models.ts';
import { countOf, type MemoryFacts, type ModelFacts, wordOf } from './facts.ts';
import type { GgufHeader, GgufTotals, GgufValue } from './gguf.ts';
import { fileTypeName } from './quants.ts';

/** Architectures whose models answer vectors, not text (llama.cpp, `llama-arch.cpp`). */
const ENCODERS =
  /^(bert|nomic-bert|nomic-bert-moe|jina-bert-v2|jina-bert-v3|neo-bert|modern-bert|eurobert|t5encoder|gemma-embedding)$/;
/** `LLAMA_POOLING_TYPE_RANK`: the model answers a score of relevance. */
const POOLING_RANK = 4;

const lengthOf = (value: GgufValue | undefined): number | null =>
  typeof value === 'object' && value.length > 0 ? value.length : null;
const numberOf = (value: GgufValue | undefined): number | null => (typeof value === 'number' ? value : null);

function typeOf(architecture: string | null, pooling: number | null): ModelType {
  if (architecture === null) return 'other';
  if (architecture === 'clip' || architecture === 'mmproj') return 'projector';
  if (pooling === POOLING_RANK) return 'rerank';
  if (ENCODERS.test(architecture) || (pooling !== null && pooling > 0)) return 'embedding';
  return 'chat';
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);

/** Of a value that is one for all layers or one for each: that of each layer. */
function perLayer(value: GgufValue | undefined, layers: number): number[] | null {
  if (typeof value === 'number') return Array.from({ length: layers }, () => value);
  if (Array.isArray(value) && value.length === layers) return [...(value as readonly number[])];
  return null;
}

/**
 * Reads the facts out of a checked header.
 * @param totals of all files of the model; of this one unless given
 */
export function ggufFacts(header: GgufHeader, totals: GgufTotals = header.totals): ModelFacts {
  const { values } = header;
  const architecture = wordOf(values.get('general.architecture'), 64);
  const of = (key: string) => values.get(`${architecture}.${key}`);
  const vocabulary = countOf(lengthOf(values.get('tokenizer.ggml.tokens'))) ?? countOf(numberOf(of('vocab_size')));
  const layers = countOf(numberOf(of('block_count')), 10_000);
  const embedding = countOf(numberOf(of('embedding_length')));
  return {
    format: 'gguf',
    type: typeOf(architecture, numberOf(of('pooling_type'))),
    name: wordOf(values.get('general.name')),
    architecture,
    parameters: countOf(totals.parameters, Number.MAX_SAFE_INTEGER),
    quant: fileTypeName(values.get('general.file_type')),
    context_length: countOf(numberOf(of('context_length')), 1_000_000_000),
    layers,
    embedding_size: embedding,
    vocabulary,
    chat_template: lengthOf(values.get('tokenizer.chat_template')) !== null,
    tokenizer: wordOf(values.get('tokenizer.ggml.model'), 64),
    license: wordOf(values.get('general.license'), 100),
    memory:
      layers === null || embedding === null ? null : memoryOf(totals.bytes, of, { layers, embedding, vocabulary }),
  };
}

function memoryOf(
  weights: number,
  of: (key: string) => GgufValue | undefined,
  { layers, embedding, vocabulary }: { layers: number; embedding: number; vocabulary: number | null },
): MemoryFacts | null {
  const heads = perLayer(of('attention.head_count'), layers);
  if (heads === null) return null;
  const most = Math.max(...heads, 1);
  const keyHeads = perLayer(of('attention.head_count_kv'), layers) ?? heads;
  const size = (key: string) => countOf(numberOf(of(`attention.${key}`)), 65_536) ?? Math.round(embedding / most);
  const cached = sum(keyHeads) * (size('key_length') + size('value_length'));
  const forward = perLayer(of('feed_forward_length'), layers) ?? [];
  const facts: MemoryFacts = {
    weights,
    layers,
    embedding,
    feed_forward: Math.max(0, ...forward),
    heads: most,
    cached_per_token: cached,
    vocabulary: vocabulary ?? 0,
  };
  // A header may claim any numbers; what cannot be is no ground for an estimate.
  return Object.values(facts).every((value) => Number.isSafeInteger(value) && value >= 0) ? facts : null;
}
