/** The engines as everybody else knows them: which one runs a model, for what, and what it is called. */
import type { EngineName, EngineUse } from './engine.ts';
import type { ModelFormat, ModelType } from './models.ts';

interface EngineFacts {
  format: ModelFormat;
  /** In answers. */
  backend: 'llama.cpp' | 'onnx';
  /** For people. */
  title: string;
  /** What it loads a model of a type for; it cannot load the types that are not named. A vision model answers as a chat model. */
  uses: Partial<Record<ModelType, EngineUse>>;
  /** Whether a card's memory can stand in for main memory. ONNX Runtime reads the whole model into main memory before any device gets it. */
  offloads: boolean;
  /** Whether it takes more and fewer processor threads while it runs; otherwise they are fixed when a model is loaded. */
  flexible: boolean;
}

export const ENGINES: Readonly<Record<EngineName, EngineFacts>> = {
  llama: {
    format: 'gguf',
    backend: 'llama.cpp',
    title: 'llama.cpp',
    uses: { chat: 'chat', embedding: 'embedding', rerank: 'rerank', vision: 'chat' },
    offloads: true,
    flexible: true,
  },
  onnx: {
    format: 'onnx',
    backend: 'onnx',
    title: 'ONNX Runtime',
    uses: {
      ...{ chat: 'chat', embedding: 'embedding', rerank: 'rerank' },
      ...{ ner: 'ner', classification: 'classification', speech: 'speech', vision: 'vision' },
    },
    offloads: false,
    flexible: false,
  },
};

const BY_FORMAT: Record<ModelFormat, EngineName> = { gguf: 'llama', onnx: 'onnx' };

/** The engine that reads files of a format. */
export const engineOf = (format: ModelFormat): EngineName => BY_FORMAT[format];

/** What a model is loaded for; null when no engine can load it. */
export const loadedAs = ({ format, type }: { format: ModelFormat; type: ModelType }): EngineUse | null =>
  ENGINES[engineOf(format)].uses[type] ?? null;
