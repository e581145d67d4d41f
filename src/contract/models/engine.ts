/**
 * What the host and an inference engine's process say to each other: what is asked, what comes while it is worked on, and the answer.
 * Framing, cancel and flow control belong to the worker client, whatever is asked.
 */
import { z } from 'zod';
import { Json } from '../kernel/scalars.ts';
import {
  Classified,
  ClassifyAsk,
  DescribeAsk,
  Described,
  EntitiesAsk,
  FoundEntities,
  TranscribeAsk,
  Transcribed,
  ZeroShotAsk,
} from './analysis.ts';

/** Which program computes; each is a process of its own. */
export type EngineName = 'llama' | 'onnx';

/** What a model is used for; it decides which native context is made. */
export const EngineUse = z.enum(['chat', 'embedding', 'rerank', 'ner', 'classification', 'speech', 'vision']);
export type EngineUse = z.infer<typeof EngineUse>;

/** A message as chat templates see it. */
export const EngineMessage = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string(),
  name: z.string().optional(),
  tool_call_id: z.string().optional(),
  tool_calls: z.array(z.object({ id: z.string(), name: z.string(), arguments: z.record(z.string(), Json) })).optional(),
});
export type EngineMessage = z.infer<typeof EngineMessage>;

const EngineTool = z.object({
  type: z.literal('function'),
  function: z.object({ name: z.string(), description: z.string().optional(), parameters: Json.optional() }),
});

/** Text to go on with, or a conversation that the model's own chat template turns into text. */
export const EnginePrompt = z.union([
  z.object({ text: z.string() }),
  z.object({
    messages: z.array(EngineMessage).min(1),
    tools: z.array(EngineTool),
    /** The last message is one of the assistant that is to be gone on with. */
    continued: z.boolean().optional(),
  }),
]);
export type EnginePrompt = z.infer<typeof EnginePrompt>;

/** Tokens that one request may bias. */
export const MAX_BIASED_TOKENS = 1024;

/** How the next token is chosen. The ranges are checked before native code sees the numbers. */
export const Sampling = z.object({
  /** 0 takes the likeliest token. */
  temperature: z.number().min(0).max(2),
  top_p: z.number().min(0).max(1),
  /** 0 is off. */
  top_k: z.int().min(0).max(1_000_000),
  min_p: z.number().min(0).max(1),
  repetition_penalty: z.number().gt(0).max(100),
  frequency_penalty: z.number().min(-2).max(2),
  presence_penalty: z.number().min(-2).max(2),
  seed: z.int().min(0).max(0xffff_ffff),
  /** Token id and what is added to its logit. */
  logit_bias: z.array(z.tuple([z.int().min(0).max(0x7fff_ffff), z.number().min(-100).max(100)])).max(MAX_BIASED_TOKENS),
});
export type Sampling = z.infer<typeof Sampling>;

/** Grammars (GBNF) of tool calls. */
export const ToolGrammars = z.object({
  /** What follows the text that opens a call. */
  call: z.string(),
  /** Whole output when a call is required; null when the model decides. */
  required: z.string().nullable(),
});
export type ToolGrammars = z.infer<typeof ToolGrammars>;

/** Text with which a model opens and ends a call of a tool, whatever its own format is. */
export const CALL_OPEN = '<tool_call>';
export const CALL_CLOSE = '</tool_call>';

const model = z.string().min(1);

/** What a text is that is embedded, for models that want another text before each kind. */
const TextRole = z.enum(['query', 'document']);
export type TextRole = z.infer<typeof TextRole>;

/** What is asked of an engine. */
export const EngineAsk = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('load'),
    model,
    path: z.string().min(1),
    type: EngineUse,
    context_length: z.int().min(1).max(1_048_576),
    /** Requests that are computed side by side, each with a context of its own. */
    parallel: z.int().min(1).max(16),
    /** Tokens of a prompt that are computed at once at most; engines take fewer of a slow model. */
    prompt_batch: z.int().min(1).max(2048).default(128),
    /** Layers on the GPU; null leaves it to the engine. */
    gpu_layers: z.int().min(0).max(10_000).nullable(),
  }),
  z.object({ op: z.literal('unload'), model }),
  /** Whether another engine computes beside this one: both have one budget of processor threads. */
  z.object({ op: z.literal('share'), alone: z.boolean() }),
  z.object({
    op: z.literal('generate'),
    model,
    prompt: EnginePrompt,
    sampling: Sampling,
    /** Null: as much as the context holds. */
    max_tokens: z.int().min(1).max(1_048_576).nullable(),
    stop: z.array(z.string().min(1)).max(32),
    /** GBNF that the whole output fits. */
    grammar: z.string().nullable(),
    tools: ToolGrammars.nullable(),
    /** Number of likeliest tokens told beside the chosen one; null tells no probabilities. */
    logprobs: z.int().min(0).max(20).nullable(),
    /** What happens to a conversation that does not fit: an error, or its oldest turns are left out and that is said. */
    overflow: z.enum(['refuse', 'drop_oldest']),
  }),
  z.object({
    op: z.literal('embed'),
    model,
    texts: z.array(z.string().min(1)).min(1),
    as: TextRole.nullable(),
  }),
  z.object({ op: z.literal('rerank'), model, query: z.string(), documents: z.array(z.string()).min(1) }),
  EntitiesAsk,
  ClassifyAsk,
  ZeroShotAsk,
  TranscribeAsk,
  DescribeAsk,
]);
export type EngineAsk = z.infer<typeof EngineAsk>;

/** One token and its probability. */
export const TokenLogprob = z.object({
  token: z.string(),
  /** Natural logarithm, at most 0. */
  logprob: z.number(),
  /** UTF-8 of the token; null for one that is no whole text. */
  bytes: z.array(z.int()).nullable(),
});
export type TokenLogprob = z.infer<typeof TokenLogprob>;
export const Logprob = z.object({ ...TokenLogprob.shape, top_logprobs: z.array(TokenLogprob) });
export type Logprob = z.infer<typeof Logprob>;

/** What comes before the answer. */
export const EngineItem = z.discriminatedUnion('t', [
  z.object({ t: z.literal('loading'), percent: z.number() }),
  /** How much of a long text or recording, or of the work on a picture, is done. */
  z.object({ t: z.literal('reading'), percent: z.number() }),
  z.object({
    t: z.literal('started'),
    prompt_tokens: z.int(),
    /** Of them those that were still computed from an earlier request. */
    cached_tokens: z.int(),
    /** Messages that were left out because they did not fit, and their tokens. */
    dropped_messages: z.int(),
    dropped_tokens: z.int(),
    /** The prompt ends inside of a section of reasoning. */
    reasoning: z.boolean(),
  }),
  z.object({
    t: z.literal('text'),
    text: z.string(),
    /** Tokens that made the text. */
    tokens: z.int(),
    logprobs: z.array(Logprob).optional(),
  }),
]);
export type EngineItem = z.infer<typeof EngineItem>;

/** What a model that was loaded can do. */
export const LoadedFacts = z.object({
  context_length: z.int(),
  /** Length of a vector; 0 for models that make none. */
  dimensions: z.int(),
  device: z.string(),
  /** Devices that were tried before it, and why they do not compute. */
  refused_devices: z.array(z.object({ device: z.string(), reason: z.string() })),
  capabilities: z.array(z.enum(['tools', 'json_schema', 'logprobs', 'reasoning', 'vision'])),
});
export type LoadedFacts = z.infer<typeof LoadedFacts>;

/** What an engine answers in the end. */
export const EngineAnswer = z.discriminatedUnion('t', [
  z.object({ t: z.literal('loaded'), facts: LoadedFacts }),
  z.object({ t: z.literal('unloaded') }),
  z.object({ t: z.literal('shared') }),
  z.object({
    t: z.literal('finished'),
    reason: z.enum(['stop', 'length']),
    completion_tokens: z.int(),
    /** Tokens that were drafted and checked; absent when none was. */
    drafted: z.object({ accepted: z.int(), rejected: z.int() }).optional(),
  }),
  z.object({
    t: z.literal('embedded'),
    /** Little-endian 32-bit floats, of unit length, one vector after the other. */
    vectors: z.instanceof(Uint8Array),
    dimensions: z.int(),
    tokens: z.int(),
  }),
  z.object({ t: z.literal('ranked'), scores: z.array(z.number()), tokens: z.int() }),
  FoundEntities,
  Classified,
  Transcribed,
  Described,
]);
export type EngineAnswer = z.infer<typeof EngineAnswer>;
