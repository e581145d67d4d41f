/** Small real ONNX models with random weights and real tokenizers, laid out as exporters lay them out. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { noise } from './llama-model.ts';
import { OnnxGraph } from './onnx-graph.ts';
import {
  BERT_TOKENIZER,
  bytePairTokenizer,
  CHAT_TEMPLATE,
  PAIRS,
  WORD_PIECES,
  wordPieceTokenizer,
} from './onnx-tokenizers.ts';

/** Shape of a model; `seed` makes its weights. */
export interface OnnxShape {
  dim: number;
  layers: number;
  heads: number;
  context: number;
  seed: number;
  /** Whether the weights lie in a file beside the graph. */
  external: boolean;
  /** Further files, by their names; those of the model itself unless they are named here. */
  files: Record<string, object>;
}
const TINY: OnnxShape = { dim: 32, layers: 2, heads: 2, context: 128, seed: 1, external: false, files: {} };

/** Numbers with variance 1/n, as training begins with. */
export const weightsOf = (graph: OnnxGraph, seed: number) => {
  const random = noise(seed);
  return (...dims: number[]) => graph.weights(dims, () => random() * Math.sqrt(3 / (dims[0] ?? 1)));
};

/** Embeddings of tokens, positions and which text, then layers of attention that do not see the padding. */
function encoderGraph({ dim, layers, heads, context, seed, external }: OnnxShape) {
  const graph = new OnnxGraph(external ? 'model.onnx_data' : undefined);
  const weight = weightsOf(graph, seed);
  const [ids, mask, types] = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) =>
    graph.input(name, ['batch_size', 'sequence_length']),
  ) as [string, string, string];
  const length = graph.node('Gather', [graph.node('Shape', [ids]), graph.integers(1)], { axis: 0 });
  const places = graph.node('Range', [graph.integers(0), length, graph.integers(1)]);
  const tokens = graph.node('Gather', [weight(WORD_PIECES.length, dim), ids]);
  const positions = graph.node('Gather', [weight(context, dim), places]);
  const kinds = graph.node('Gather', [weight(2, dim), types]);
  let states = graph.node('Add', [graph.node('Add', [tokens, positions]), kinds]);
  // 0 for what is seen, a large negative number for padding; for all heads and queries alike.
  const seen = graph.node('Unsqueeze', [graph.node('Cast', [mask], { to: 1 }), graph.integers([1, 2])]);
  const hidden = graph.node('Mul', [graph.node('Sub', [graph.float(1), seen]), graph.float(-1e9)]);
  for (let layer = 0; layer < layers; layer++) {
    const head = (name: string) => splitHeads(graph, graph.node('MatMul', [name, weight(dim, dim)]), heads, dim);
    const [q, k, v] = [head(states), head(states), head(states)];
    states = attended(graph, { q, k, v, hidden, dim, heads, weight, states });
  }
  return { graph, states, tokens, mask, weight };
}

/** `[batch, heads, tokens, numbers]` of `[batch, tokens, heads × numbers]`. */
export function splitHeads(graph: OnnxGraph, states: string, heads: number, dim: number): string {
  const split = graph.node('Reshape', [states, graph.integers([0, 0, heads, dim / heads])]);
  return graph.node('Transpose', [split], { perm: [0, 2, 1, 3] });
}

interface Attended {
  q: string;
  k: string;
  v: string;
  /** Added to the scores. */
  hidden: string;
  dim: number;
  heads: number;
  weight: (...dims: number[]) => string;
  states: string;
}

export function attended(graph: OnnxGraph, { q, k, v, hidden, dim, heads, weight, states }: Attended): string {
  const scale = graph.float(1 / Math.sqrt(dim / heads));
  const keys = graph.node('Transpose', [k], { perm: [0, 1, 3, 2] });
  const scores = graph.node('Mul', [graph.node('MatMul', [q, keys]), scale]);
  const share = graph.node('Softmax', [graph.node('Add', [scores, hidden])], { axis: 3 });
  const mixed = graph.node('Transpose', [graph.node('MatMul', [share, v])], { perm: [0, 2, 1, 3] });
  const joined = graph.node('Reshape', [mixed, graph.integers([0, 0, dim])]);
  const sum = graph.node('Add', [states, graph.node('MatMul', [joined, weight(dim, dim)])]);
  const inner = graph.node('Tanh', [graph.node('MatMul', [sum, weight(dim, 2 * dim)])]);
  return graph.node('Add', [sum, graph.node('MatMul', [inner, weight(2 * dim, dim)])]);
}

/** Mean over what the mask shows. */
function mean(graph: OnnxGraph, states: string, mask: string): string {
  const seen = graph.node('Unsqueeze', [graph.node('Cast', [mask], { to: 1 }), graph.integers([2])]);
  const sum = graph.node('ReduceSum', [graph.node('Mul', [states, seen]), graph.integers([1])], { keepdims: 0 });
  return graph.node('Div', [sum, graph.node('ReduceSum', [seen, graph.integers([1])], { keepdims: 0 })]);
}

function writeFolder(dir: string, graph: OnnxGraph, shape: OnnxShape, files: Record<string, object>): string {
  mkdirSync(path.join(dir, 'onnx'), { recursive: true });
  const file = path.join(dir, 'onnx', 'model.onnx');
  writeFileSync(file, graph.file());
  if (shape.external) writeFileSync(path.join(dir, 'onnx', 'model.onnx_data'), graph.externalData());
  for (const [name, content] of Object.entries({ ...files, ...shape.files })) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), JSON.stringify(content));
  }
  return file;
}

const bertConfig = ({ dim, layers, heads, context }: OnnxShape, more: object) => ({
  model_type: 'bert',
  hidden_size: dim,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  intermediate_size: 2 * dim,
  max_position_embeddings: context,
  vocab_size: WORD_PIECES.length,
  pad_token_id: 0,
  ...more,
});

const bertFiles = (shape: OnnxShape, config: object) => ({
  'config.json': bertConfig(shape, config),
  'tokenizer.json': wordPieceTokenizer(),
  'tokenizer_config.json': BERT_TOKENIZER,
});

/** An embedding model. Its files ask for nothing unless `shape.files` do. @returns the file that an engine opens */
export function writeOnnxEmbedder(dir: string, changes: Partial<OnnxShape> = {}): string {
  const shape = { ...TINY, ...changes };
  const { graph, states } = encoderGraph(shape);
  graph.output('last_hidden_state', states, ['batch_size', 'sequence_length', shape.dim]);
  return writeFolder(dir, graph, shape, bertFiles(shape, { architectures: ['BertModel'] }));
}

/** A cross-encoder: one number for a pair of texts. */
export function writeOnnxReranker(dir: string, changes: Partial<OnnxShape> = {}): string {
  const shape = { ...TINY, ...changes };
  const { graph, states, mask, weight } = encoderGraph(shape);
  graph.output('logits', graph.node('MatMul', [mean(graph, states, mask), weight(shape.dim, 1)]), ['batch_size', 1]);
  const labels = { id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } };
  return writeFolder(
    dir,
    graph,
    shape,
    bertFiles(shape, { architectures: ['BertForSequenceClassification'], ...labels }),
  );
}

const labelled = (names: readonly string[]) => ({
  id2label: Object.fromEntries(names.map((name, at) => [at, name])),
  label2id: Object.fromEntries(names.map((name, at) => [name, at])),
});

/** Labels of the entities that {@link writeOnnxTagger} finds. */
export const TAGS = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'] as const;

/** A model that labels each token, by the token more than by those around it: labels differ from one to the next. */
export function writeOnnxTagger(dir: string, changes: Partial<OnnxShape> = {}): string {
  const shape = { ...TINY, ...changes };
  const { graph, states, tokens, weight } = encoderGraph(shape);
  const own = graph.node('Mul', [tokens, graph.float(40)]);
  const logits = graph.node('MatMul', [graph.node('Add', [states, own]), weight(shape.dim, TAGS.length)]);
  graph.output('logits', logits, ['batch_size', 'sequence_length', TAGS.length]);
  const config = { architectures: ['BertForTokenClassification'], ...labelled(TAGS) };
  return writeFolder(dir, graph, shape, bertFiles(shape, config));
}

/** A model that puts texts into classes; with the labels of {@link INFERENCE} it compares them with hypotheses. */
export function writeOnnxClassifier(
  dir: string,
  { labels, config = {}, ...changes }: Partial<OnnxShape> & { labels: readonly string[]; config?: object },
): string {
  const shape = { ...TINY, ...changes };
  const { graph, states, mask, weight } = encoderGraph(shape);
  const logits = graph.node('MatMul', [mean(graph, states, mask), weight(shape.dim, labels.length)]);
  graph.output('logits', logits, ['batch_size', labels.length]);
  const all = { architectures: ['BertForSequenceClassification'], ...labelled(labels), ...config };
  return writeFolder(dir, graph, shape, bertFiles(shape, all));
}

/** Labels of a model for natural language inference. */
export const INFERENCE = ['contradiction', 'neutral', 'entailment'] as const;

/** Tokens and positions, then layers of attention over what came before and what is given now. */
function decoderGraph({ dim, layers, heads, context, seed, external }: OnnxShape) {
  const graph = new OnnxGraph(external ? 'model.onnx_data' : undefined);
  const weight = weightsOf(graph, seed);
  const ids = graph.input('input_ids', ['batch_size', 'sequence_length']);
  graph.input('attention_mask', ['batch_size', 'total_sequence_length']);
  const places = graph.input('position_ids', ['batch_size', 'sequence_length']);
  const kept = Array.from({ length: layers }, (_, layer) =>
    ['key', 'value'].map((kind) =>
      graph.input(
        `past_key_values.${layer}.${kind}`,
        ['batch_size', heads, 'past_sequence_length', dim / heads],
        'float',
      ),
    ),
  );
  const tokens = graph.node('Gather', [weight(PAIRS.length, dim), ids]);
  let states = graph.node('Add', [tokens, graph.node('Gather', [weight(context, dim), places])]);
  let hidden = '';
  for (const [layer, [pastKeys = '', pastValues = '']] of kept.entries()) {
    const head = (name: string) => splitHeads(graph, graph.node('MatMul', [name, weight(dim, dim)]), heads, dim);
    const q = head(states);
    const k = graph.node('Concat', [pastKeys, head(states)], { axis: 2 });
    const v = graph.node('Concat', [pastValues, head(states)], { axis: 2 });
    const shape = ['batch_size', heads, 'total_sequence_length', dim / heads];
    graph.output(`present.${layer}.key`, k, shape);
    graph.output(`present.${layer}.value`, v, shape);
    if (hidden === '') hidden = laterTokens(graph, k, places);
    states = attended(graph, { q, k, v, hidden, dim, heads, weight, states });
  }
  // Steep, so that one token is clearly the likeliest.
  const logits = graph.node('Mul', [graph.node('MatMul', [states, weight(dim, PAIRS.length)]), graph.float(4)]);
  graph.output('logits', logits, ['batch_size', 'sequence_length', PAIRS.length]);
  return graph;
}

/** A large negative number for each key that comes after the token that asks. */
function laterTokens(graph: OnnxGraph, keys: string, places: string): string {
  const total = graph.node('Gather', [graph.node('Shape', [keys]), graph.integers(2)], { axis: 0 });
  const all = graph.node('Range', [graph.integers(0), total, graph.integers(1)]);
  const asking = graph.node('Unsqueeze', [places, graph.integers([1, 3])]);
  const later = graph.node('Cast', [graph.node('Greater', [all, asking])], { to: 1 });
  return graph.node('Mul', [later, graph.float(-1e9)]);
}

/** A model that writes. @returns the file that an engine opens */
export function writeOnnxGenerator(dir: string, changes: Partial<OnnxShape> = {}): string {
  const shape = { ...TINY, context: 512, ...changes };
  const config = {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: shape.dim,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.heads,
    head_dim: shape.dim / shape.heads,
    intermediate_size: 2 * shape.dim,
    max_position_embeddings: shape.context,
    vocab_size: PAIRS.length,
    bos_token_id: 0,
    eos_token_id: 1,
  };
  return writeFolder(dir, decoderGraph(shape), shape, {
    'config.json': config,
    'generation_config.json': { bos_token_id: 0, eos_token_id: 1 },
    'tokenizer.json': bytePairTokenizer(),
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: '<s>',
      eos_token: '</s>',
      model_max_length: shape.context,
      chat_template: CHAT_TEMPLATE,
    },
  });
}
