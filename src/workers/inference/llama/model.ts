/** One loaded model: its weights and the contexts that its type needs. */
import type { Llama, LlamaEmbeddingContext, LlamaModel, LlamaRankingContext, Token } from 'node-llama-cpp';
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineAsk, EngineItem, LoadedFacts } from '../../../contract/models/engine.ts';
import type { Call } from '../../shared/serve.ts';
import { createPace, type Pace } from '../text/pace.ts';
import { createPromptModel, type PromptModel } from '../text/prompt.ts';
import { chatTemplateOf } from '../text/template.ts';
import { createDraftPace } from './draft-pace.ts';
import { Drafter } from './drafter.ts';
import type { Native } from './native.ts';
import { createSlots, type Slots } from './slots.ts';
import type { Part } from './time-share.ts';
import { createTurns } from './turns.ts';
import { mapsWeights } from './weights.ts';

type LoadAsk = Extract<EngineAsk, { op: 'load' }>;

export interface LoadedModel {
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly prompts: PromptModel<Token>;
  readonly facts: LoadedFacts;
  /** Contexts for generation; null for a model of another type. */
  readonly slots: Slots | null;
  readonly embedding: LlamaEmbeddingContext | null;
  readonly ranking: LlamaRankingContext | null;
  /** Of its prompts. */
  readonly pace: Pace;
  /** Begins a request that computes. */
  join(): Part;
  /**
   * One text at a time through the library, which cannot be stopped in it: a caller that leaves is answered at once, and the next one waits for
   * the text that it left behind.
   * @throws the signal's reason
   */
  native<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  dispose(): Promise<void>;
}

/** How long native memory may take to be given back, ms; the library sometimes never settles after a failed load. */
const DISPOSE_MS = 3_000;

const bounded = (work: Promise<unknown>) =>
  Promise.race([work.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, DISPOSE_MS).unref())]);

/** Whether its sequences can be cut back to an earlier token at no cost: those of recurrent and sliding-window models would be computed again. */
const canGoBack = ({ fileInsights: { isHybrid, isRecurrent, swaSize } }: LlamaModel) =>
  !isHybrid && !isRecurrent && swaSize === undefined;

async function contextsOf(model: LlamaModel, ask: LoadAsk, createSignal: AbortSignal) {
  const contextSize = Math.min(ask.context_length, model.trainContextSize);
  const none = { slots: null, embedding: null, ranking: null, contextSize };
  switch (ask.type) {
    case 'chat': {
      const context = await model.createContext({
        contextSize,
        sequences: ask.parallel,
        batchSize: Math.min(ask.prompt_batch, contextSize) * ask.parallel,
        createSignal,
      });
      const pace = createDraftPace();
      return { ...none, slots: createSlots(context, () => (canGoBack(model) ? new Drafter(pace) : null)) };
    }
    case 'embedding':
      return { ...none, embedding: await model.createEmbeddingContext({ contextSize, createSignal }) };
    case 'rerank':
      return { ...none, ranking: await model.createRankingContext({ contextSize, createSignal }) };
    case 'ner':
    case 'classification':
    case 'speech':
    case 'vision':
      throw new AppError('model-corrupted', `A file of this format is no model for ${ask.type}.`);
  }
}

function promptsOf(model: LlamaModel, contextLength: number): PromptModel<Token> {
  const { bos, eos, bosString, eosString, shouldPrependBosToken } = model.tokens;
  return createPromptModel({
    template: chatTemplateOf({
      template: model.fileInfo.metadata?.tokenizer?.chat_template,
      bos: bosString ?? '',
      eos: eosString ?? '',
    }),
    contextLength,
    tokenize: (text, special, inside) => [...model.tokenize(text, special, inside ? 'trimLeadingSpace' : undefined)],
    isControl: (token) => model.isSpecialToken(token),
    first: shouldPrependBosToken ? bos : null,
    filler: bos ?? eos ?? (0 as Token),
  });
}

/** @throws AppError `model-corrupted` with what the library said, `cancelled` */
export async function loadModel(
  { llama, listen, model: share }: Pick<Native, 'llama' | 'listen' | 'model'>,
  ask: LoadAsk,
  { signal, emit }: Call<EngineItem>,
): Promise<LoadedModel> {
  const tail = listen();
  let told = 0;
  let model: LlamaModel | undefined;
  try {
    model = await llama.loadModel({
      modelPath: ask.path,
      loadSignal: signal,
      useMmap: mapsWeights() ? 'auto' : false,
      ...(ask.gpu_layers === null ? {} : { gpuLayers: ask.gpu_layers }),
      onLoadProgress(progress) {
        const percent = Math.floor(progress * 100);
        if (percent <= told) return;
        told = percent;
        emit({ t: 'loading', percent }).catch(() => undefined);
      },
    });
    const { contextSize, ...contexts } = await contextsOf(model, ask, signal);
    signal.throwIfAborted();
    const prompts = promptsOf(model, contextSize);
    const generates = ask.type === 'chat';
    return {
      llama,
      model,
      prompts,
      ...contexts,
      pace: createPace(ask.prompt_batch),
      join: share(),
      native: createTurns(),
      facts: {
        context_length: contextSize,
        dimensions: ask.type === 'embedding' ? model.embeddingVectorSize : 0,
        device: llama.gpu === false || model.gpuLayers === 0 ? 'cpu' : llama.gpu,
        refused_devices: [],
        capabilities: generates
          ? ['tools', 'json_schema', 'logprobs', ...(prompts.template.reasons ? (['reasoning'] as const) : [])]
          : [],
      },
      dispose: () => bounded((model as LlamaModel).dispose()) as Promise<unknown> as Promise<void>,
    };
  } catch (error) {
    if (model !== undefined) await bounded(model.dispose());
    if (signal.aborted) throw signal.reason;
    const reason = tail() || (error instanceof Error ? error.message : String(error));
    throw new AppError('model-corrupted', `The engine could not load the model: ${reason.slice(0, 400)}`, {
      extra: { model: ask.model, reason: reason.slice(0, 400) },
      cause: error,
    });
  } finally {
    tail();
  }
}
