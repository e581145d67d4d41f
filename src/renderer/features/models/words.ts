/** Labels and figures of models. */
import type { FoundModel, InstalledModel, ModelType } from '../../../contract/models/models.ts';
import { count } from '../../lib/format.ts';

/** What a model is for. */
export const TYPE_WORDS: Record<ModelType, string> = {
  chat: 'Chat',
  embedding: 'Embedding',
  rerank: 'Rerank',
  ner: 'Entities',
  classification: 'Classification',
  speech: 'Speech',
  vision: 'Vision',
  projector: 'Projector',
  other: 'Other',
};

export const SOURCE_WORDS: Record<InstalledModel['source'], string> = {
  folder: 'found in the models folder',
  copy: 'copied into the models folder',
  link: 'stays where it is',
  download: 'downloaded',
};

export const PROGRAM_WORDS: Record<FoundModel['program'], string> = {
  huggingface: 'Hugging Face',
  lmstudio: 'LM Studio',
  ollama: 'Ollama',
  gpt4all: 'GPT4All',
  jan: 'Jan',
};

/** `7.6 B`, `360 M`. */
export function parameters(value: number | null): string {
  if (value === null) return '–';
  const [scaled, unit] = value >= 1e9 ? [value / 1e9, 'B'] : [value / 1e6, 'M'];
  return `${scaled >= 10 ? Math.round(scaled) : scaled.toFixed(1)} ${unit}`;
}

/** `4,096 tokens`. */
export const tokens = (value: number | null): string => (value === null ? '–' : `${count(value)} tokens`);
