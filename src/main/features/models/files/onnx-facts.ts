/** What the files beside an ONNX model say about it: `config.json` as transformers writes it. */
import path from 'node:path';
import { type Bounds, parseBounded } from '../../../../contract/kernel/bounds.ts';
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { ModelType } from '../../../../contract/models/models.ts';
import { readOwned } from '../../../core/disk/owned-reads.ts';
import { MalformedFile } from './byte-reader.ts';
import { countOf, type ModelFacts, wordOf } from './facts.ts';

const MAX_CONFIG = 4 * 1024 * 1024;
const CONFIG_BOUNDS: Bounds = { depth: 24, members: 400_000, string: 1_000_000, size: MAX_CONFIG };

/** A JSON file of the folder; null when there is none. @throws MalformedFile when it is no JSON object */
async function readJson(dir: string, name: string): Promise<JsonObject | null> {
  let bytes: Buffer;
  try {
    bytes = await readOwned(dir, path.join(dir, name), MAX_CONFIG);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new MalformedFile(`Its ${name} cannot be read.`);
  }
  try {
    const parsed = parseBounded(bytes.toString('utf8'), CONFIG_BOUNDS);
    if (isJsonObject(parsed)) return parsed;
  } catch {
    // Said below.
  }
  throw new MalformedFile(`Its ${name} is not a JSON object.`);
}

const SPEECH = /whisper|wav2vec|hubert|moonshine|CTC$|SpeechSeq2Seq/i;
const VISION = /vision|clip|vit|blip|florence|llava|ImageTextToText/i;

function typeOf(config: JsonObject): ModelType {
  const [first] = Array.isArray(config.architectures) ? config.architectures : [];
  const name = wordOf(first) ?? '';
  const labels = isJsonObject(config.id2label) ? Object.keys(config.id2label).length : countOf(config.num_labels);
  if (/TokenClassification$/.test(name)) return 'ner';
  if (/SequenceClassification$/.test(name)) return labels === 1 ? 'rerank' : 'classification';
  if (/CausalLM$/.test(name)) return 'chat';
  if (SPEECH.test(`${name} ${wordOf(config.model_type) ?? ''}`)) return 'speech';
  if (VISION.test(`${name} ${wordOf(config.model_type) ?? ''}`)) return 'vision';
  if (/ConditionalGeneration$/.test(name)) return 'chat';
  return /Model$|MaskedLM$/.test(name) ? 'embedding' : 'other';
}

/** @throws MalformedFile when a file that the engine needs is missing or damaged */
export async function onnxFacts(dir: string, variant: string): Promise<ModelFacts> {
  const config = await readJson(dir, 'config.json');
  if (config === null) throw new MalformedFile('It has no config.json, so nobody can tell what it is.');
  const tokenizer = await readJson(dir, 'tokenizer_config.json');
  return {
    format: 'onnx',
    type: typeOf(config),
    name: wordOf(config._name_or_path) === null ? null : path.posix.basename(wordOf(config._name_or_path) ?? ''),
    architecture: wordOf(config.model_type, 64),
    parameters: null,
    quant: variant,
    context_length: countOf(config.max_position_embeddings) ?? countOf(config.n_positions),
    layers: countOf(config.num_hidden_layers) ?? countOf(config.n_layer),
    embedding_size: countOf(config.hidden_size) ?? countOf(config.n_embd) ?? countOf(config.d_model),
    vocabulary: countOf(config.vocab_size),
    chat_template: tokenizer !== null && tokenizer.chat_template !== undefined,
    tokenizer: tokenizer === null ? null : wordOf(tokenizer.tokenizer_class, 64),
    license: null,
    memory: null,
  };
}
