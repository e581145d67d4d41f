/** One loaded model, for the use that it was loaded for. */
import type { InferenceSession } from 'onnxruntime-node';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import type { EngineAsk, EngineItem, LoadedFacts } from '../../../contract/models/engine.ts';
import type { Call } from '../../shared/serve.ts';
import { createPace, type Pace } from '../text/pace.ts';
import { createPromptModel, type PromptModel } from '../text/prompt.ts';
import { chatTemplateOf } from '../text/template.ts';
import { withLiteralInputs } from './analysis/frame.ts';
import { type Classifier, loadClassifier } from './analysis/model.ts';
import { type Decoder, openDecoder } from './decoder.ts';
import { type Embedding, proveEmbedding } from './embed.ts';
import { checkInputs } from './encoder.ts';
import { type ModelFolder, openFolder } from './folder.ts';
import { openPooling } from './pooling.ts';
import { proveRanking, type Ranking } from './rerank.ts';
import { textConfig } from './seq2seq/model.ts';
import type { Sessions } from './session.ts';
import { createSlots, type Slots } from './slots.ts';
import { loadSpeech, type SpeechModel } from './speech/model.ts';
import { countIn, endTokens, openTokenizer, type TextTokenizer } from './tokenizer.ts';
import { loadVision, type VisionModel } from './vision/describe.ts';

/** Tokens of a prompt that are computed at once at most. */
const LARGEST_BATCH = 64;

type LoadAsk = Extract<EngineAsk, { op: 'load' }>;

interface Loaded {
  readonly facts: LoadedFacts;
  dispose(): Promise<void>;
}
export interface EmbeddingModel extends Loaded {
  readonly use: 'embedding';
  readonly embedding: Embedding;
}
export interface RankModel extends Loaded {
  readonly use: 'rerank';
  readonly ranking: Ranking;
}
export interface ChatModel extends Loaded {
  readonly use: 'chat';
  readonly decoder: Decoder;
  readonly slots: Slots;
  readonly tokenizer: TextTokenizer;
  readonly prompts: PromptModel<number>;
  /** Of its prompts. */
  readonly pace: Pace;
  /** Tokens that end an answer. */
  readonly ends: ReadonlySet<number>;
}
export type LoadedModel =
  | EmbeddingModel
  | RankModel
  | ChatModel
  | Classifier<'ner'>
  | Classifier<'classification'>
  | SpeechModel
  | VisionModel;

/** The files around a graph. */
interface Files {
  folder: ModelFolder;
  config: JsonObject;
  tokenizer: TextTokenizer;
  pad: number;
}

async function filesOf(path: string): Promise<Files> {
  const folder = openFolder(path);
  const config = (await folder.object('config.json')) ?? {};
  const tokenizer = withLiteralInputs(await openTokenizer(folder));
  const pad =
    tokenizer.idOf(tokenizer.special('pad_token')) ??
    (typeof config.pad_token_id === 'number' ? config.pad_token_id : 0);
  return { folder, config, tokenizer, pad };
}

/** The longest input: the least of what was asked for and what any of the files says. */
function longest(ask: LoadAsk, { config, tokenizer }: Files, ...others: (number | null)[]): number {
  const positions = countIn(config.max_position_embeddings) ?? countIn(config.n_positions);
  // Positions of this family begin behind that of the padding.
  const offset = /^(roberta|xlm-roberta|camembert)$/.test(String(config.model_type)) ? 2 : 0;
  const known = [positions === null ? null : positions - offset, tokenizer.maxLength, ...others];
  return Math.min(ask.context_length, ...known.filter((one) => one !== null));
}

function promptsOf(tokenizer: TextTokenizer, contextLength: number): PromptModel<number> {
  const [bos, eos] = [tokenizer.special('bos_token'), tokenizer.special('eos_token')];
  const [begin] = tokenizer.encode('a').ids;
  const first = tokenizer.idOf(bos);
  return createPromptModel({
    template: chatTemplateOf({ template: tokenizer.chatTemplate, bos, eos }),
    contextLength,
    tokenize: (text, special) => tokenizer.tokenize(text, special),
    isControl: tokenizer.isControl,
    first: first !== null && begin === first ? first : null,
    filler: first ?? tokenizer.idOf(eos) ?? 0,
  });
}

/** @throws AppError `model-corrupted` with the reason, `cancelled` */
export async function loadModel(
  sessions: Sessions,
  ask: LoadAsk,
  { signal, emit }: Call<EngineItem>,
): Promise<LoadedModel> {
  const files = await filesOf(ask.path);
  signal.throwIfAborted();
  await emit({ t: 'loading', percent: 1 });
  const model = await loadFor(sessions, ask, files);
  if (signal.aborted) {
    await model.dispose();
    throw signal.reason;
  }
  await emit({ t: 'loading', percent: 100 });
  return model;
}

function loadFor(sessions: Sessions, ask: LoadAsk, files: Files): Promise<LoadedModel> {
  switch (ask.type) {
    case 'embedding':
      return loadEmbedding(sessions, ask, files);
    case 'rerank':
      return loadRanking(sessions, ask, files);
    case 'chat':
      return loadChat(sessions, ask, files);
    case 'ner':
      return loadClassifier(ask.type, files, longest(ask, files), (prove) =>
        sessions.open(ask.path, onlyCpu(ask), prove),
      );
    case 'classification':
      return loadClassifier(ask.type, files, longest(ask, files), (prove) =>
        sessions.open(ask.path, onlyCpu(ask), prove),
      );
    case 'speech':
    case 'vision':
      return loadMediaModel(sessions, ask.type, ask, files);
  }
}

async function loadMediaModel(
  sessions: Sessions,
  type: 'speech' | 'vision',
  ask: LoadAsk,
  files: Files,
): Promise<SpeechModel | VisionModel> {
  const { max_target_positions, n_positions, max_position_embeddings } = textConfig(files.config);
  const positions = [max_target_positions, n_positions, max_position_embeddings].map(countIn);
  const context_length = longest(ask, files, ...positions);
  const generation = (await files.folder.object('generation_config.json')) ?? {};
  const load = type === 'speech' ? loadSpeech : loadVision;
  const where = {
    path: ask.path,
    open: (file: string, prove: (session: InferenceSession) => Promise<void>) =>
      sessions.open(file, onlyCpu(ask), prove),
  };
  return load(where, { ...files, generation }, context_length);
}

const onlyCpu = ({ gpu_layers }: LoadAsk) => gpu_layers === 0;

async function loadEmbedding(sessions: Sessions, ask: LoadAsk, files: Files): Promise<EmbeddingModel> {
  const pooling = await openPooling(files.folder, `${ask.model} ${String(files.config._name_or_path ?? '')}`);
  let dimensions = 0;
  const embeddingOf = (session: InferenceSession): Embedding => ({ ...files, pooling, session });
  const { session, device, refused } = await sessions.open(ask.path, onlyCpu(ask), async (opened) => {
    checkInputs(opened);
    dimensions = await proveEmbedding(embeddingOf(opened));
  });
  return {
    use: 'embedding',
    embedding: embeddingOf(session),
    facts: {
      context_length: longest(ask, files, pooling.maxLength),
      dimensions,
      device,
      refused_devices: [...refused],
      capabilities: [],
    },
    dispose: () => session.release(),
  };
}

async function loadRanking(sessions: Sessions, ask: LoadAsk, files: Files): Promise<RankModel> {
  const rankingOf = (session: InferenceSession): Ranking => ({ ...files, session });
  const { session, device, refused } = await sessions.open(ask.path, onlyCpu(ask), async (opened) => {
    checkInputs(opened);
    await proveRanking(rankingOf(opened));
  });
  const context_length = longest(ask, files);
  return {
    use: 'rerank',
    ranking: rankingOf(session),
    facts: { context_length, dimensions: 0, device, refused_devices: [...refused], capabilities: [] },
    dispose: () => session.release(),
  };
}

async function loadChat(sessions: Sessions, ask: LoadAsk, files: Files): Promise<ChatModel> {
  const { config, tokenizer, folder } = files;
  const generation = (await folder.object('generation_config.json')) ?? {};
  const context_length = longest(ask, files);
  const prompts = promptsOf(tokenizer, context_length);
  const { session, device, refused } = await sessions.open(ask.path, onlyCpu(ask), async (opened) => {
    await openDecoder(opened).run(null, [prompts.filler]);
  });
  const decoder = openDecoder(session);
  return {
    use: 'chat',
    decoder,
    slots: createSlots(ask.parallel),
    tokenizer,
    prompts,
    pace: createPace(Math.min(ask.prompt_batch, LARGEST_BATCH)),
    ends: endTokens(tokenizer, generation.eos_token_id, config.eos_token_id),
    facts: {
      context_length,
      dimensions: 0,
      device,
      refused_devices: [...refused],
      capabilities: ['logprobs', ...(prompts.template.reasons ? (['reasoning'] as const) : [])],
    },
    dispose: () => session.release(),
  };
}
