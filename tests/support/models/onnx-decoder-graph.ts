/** Graphs of encoders and decoders with random weights, with the inputs and outputs that Optimum gives them. */
import { OnnxGraph } from './onnx-graph.ts';
import { attended, splitHeads, weightsOf } from './onnx-models.ts';

export interface EncoderDecoderShape {
  dim: number;
  heads: number;
  layers: number;
  /** Tokens of a text. */
  context: number;
  seed: number;
  /** One graph of the decoder for all tokens, or two; `plain` computes all tokens anew at each step. */
  decoder: 'merged' | 'two' | 'plain';
  /** Further members of files, or files, by their names. */
  files: Record<string, object>;
}

/** What of its past a graph of a decoder takes, and what it answers. */
interface Caching {
  takes: boolean;
  answers: boolean;
  /** Whether keys and values of what the encoder made are kept too. */
  ofEncoder: boolean;
}

/** Positions from what came before on. */
function placesOf(graph: OnnxGraph, ids: string, past: string | null) {
  const length = graph.node('Gather', [graph.node('Shape', [ids]), graph.integers(1)], { axis: 0 });
  const before =
    past === null
      ? graph.integers(0)
      : graph.node('Gather', [graph.node('Shape', [past]), graph.integers(2)], { axis: 0 });
  const total = graph.node('Add', [before, length]);
  const places = graph.node('Range', [before, total, graph.integers(1)]);
  const all = graph.node('Range', [graph.integers(0), total, graph.integers(1)]);
  const later = graph.node('Greater', [all, graph.node('Unsqueeze', [places, graph.integers([1])])]);
  const hidden = graph.node('Mul', [graph.node('Cast', [later], { to: 1 }), graph.float(-1e9)]);
  return { places, hidden };
}

/** What the encoder made, without as many places as are known already: graphs that were merged answer nothing new then. */
function unknownPlaces(graph: OnnxGraph, states: string, known: string): string {
  const count = (of: string, axis: number) =>
    graph.node('Gather', [graph.node('Shape', [of]), graph.integers([axis])], { axis: 0 });
  const end = graph.node('Sub', [count(states, 2), count(known, 2)]);
  return graph.node('Slice', [states, graph.integers([0]), end, graph.integers([2])]);
}

export function decoderGraph(
  { dim, heads, layers, context, seed }: EncoderDecoderShape,
  vocabulary: number,
  caching: Caching,
) {
  const graph = new OnnxGraph();
  const weight = weightsOf(graph, seed + 1);
  const size = dim / heads;
  const ids = graph.input('input_ids', ['batch_size', 'decoder_sequence_length']);
  const isLater = caching.takes && !caching.answers;
  const states =
    isLater && caching.ofEncoder
      ? ''
      : graph.input('encoder_hidden_states', ['batch_size', 'encoder_sequence_length', dim], 'float');
  if (caching.takes && caching.answers) graph.input('use_cache_branch', [1], 'bool');
  const name = (layer: number, of: string, kind: string) =>
    caching.ofEncoder ? `${layer}.${of}.${kind}` : `${layer}.${kind}`;
  const past = (layer: number, of: 'decoder' | 'encoder', kind: string) => {
    if (!caching.takes || (of === 'encoder' && !caching.ofEncoder)) return null;
    const length = of === 'decoder' ? 'past_decoder_sequence_length' : 'encoder_sequence_length_out';
    return graph.input(`past_key_values.${name(layer, of, kind)}`, ['batch_size', heads, length, size], 'float');
  };
  const present = (layer: number, of: 'decoder' | 'encoder', kind: string, value: string) => {
    if (of === 'encoder' ? caching.answers && caching.ofEncoder : caching.answers || isLater)
      graph.output(`present.${name(layer, of, kind)}`, value, ['batch_size', heads, `${of}_length`, size]);
  };
  // As large as the numbers that attention adds, or every text would be one token again and again.
  const table = (rows: number, size: number) =>
    graph.node('Mul', [weight(rows, dim), graph.float(size * Math.sqrt(rows / 3))]);
  const [tokens, positions] = [table(vocabulary, 0.9), table(context, 0.5)];
  const firstKeys = past(0, 'decoder', 'key');
  const { places, hidden } = placesOf(graph, ids, firstKeys);
  let text = graph.node('Add', [graph.node('Gather', [tokens, ids]), graph.node('Gather', [positions, places])]);
  for (let layer = 0; layer < layers; layer++) {
    const of = (from: string) => splitHeads(graph, graph.node('MatMul', [from, weight(dim, dim)]), heads, dim);
    const own = (kind: string, fresh: string) => {
      const before = layer === 0 && kind === 'key' ? firstKeys : past(layer, 'decoder', kind);
      const all = before === null ? fresh : graph.node('Concat', [before, fresh], { axis: 2 });
      present(layer, 'decoder', kind, all);
      return all;
    };
    const [q, k, v] = [of(text), own('key', of(text)), own('value', of(text))];
    text = attended(graph, { q, k, v, hidden, dim, heads, weight, states: text });
    const seen = (kind: string) => {
      const matrix = weight(dim, dim);
      const before = past(layer, 'encoder', kind);
      if (isLater && before !== null) return before;
      const made = splitHeads(graph, graph.node('MatMul', [states, matrix]), heads, dim);
      const fresh = before === null ? made : unknownPlaces(graph, made, before);
      present(layer, 'encoder', kind, fresh);
      return before === null ? fresh : graph.node('Concat', [before, fresh], { axis: 2 });
    };
    const asked = of(text);
    const [keys, values] = [seen('key'), seen('value')];
    text = attended(graph, { q: asked, k: keys, v: values, hidden: graph.float(0), dim, heads, weight, states: text });
  }
  // Steep, so that one token is clearly the likeliest.
  const logits = graph.node('Mul', [graph.node('MatMul', [text, weight(dim, vocabulary)]), graph.float(4)]);
  graph.output('logits', logits, ['batch_size', 'decoder_sequence_length', vocabulary]);
  return graph.file();
}

/** Vectors of places that see each other once. */
export function encoded(
  graph: OnnxGraph,
  { dim, heads, seed }: EncoderDecoderShape,
  patches: string,
  width: number,
  places: number,
) {
  const weight = weightsOf(graph, seed);
  const made = graph.node('Mul', [graph.node('MatMul', [patches, weight(width, dim)]), graph.float(3)]);
  const states = graph.node('Add', [
    made,
    graph.node('Gather', [
      weight(places, dim),
      graph.node('Range', [graph.integers(0), graph.integers(places), graph.integers(1)]),
    ]),
  ]);
  const of = () => splitHeads(graph, graph.node('MatMul', [states, weight(dim, dim)]), heads, dim);
  const [q, k, v] = [of(), of(), of()];
  return attended(graph, { q, k, v, hidden: graph.float(0), dim, heads, weight, states });
}
