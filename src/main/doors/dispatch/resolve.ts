/** From what a client wrote to the operation it means: id rule, aliases, and a guess when nothing fits. */
import { distance } from 'fastest-levenshtein';
import type { Contract, Operation } from '../../../contract/kernel/define.ts';
import { AppError } from '../../../contract/kernel/errors.ts';

/** Operation ids of older clients, after normalising. */
const ALIASES: Readonly<Record<string, string>> = {
  system_info: 'system',
  get_stats: 'stats',
  chat_completion: 'chat',
  chat_completions: 'chat',
  completions: 'generate',
  list_models: 'models',
  load: 'load_model',
  unload: 'unload_model',
  pull: 'pull_model',
  delete: 'delete_model',
  quants: 'get_model_quants',
  loaded_models: 'get_loaded_models',
  halt: 'stop_generation',
  halt_status: 'get_halt_status',
  params: 'get_params',
  resources: 'get_resources',
  embedding_models: 'get_embedding_models',
  recipes: 'get_recipes',
  rag_query: 'rag',
  semantic_search: 'semantic_search_query',
  similarity: 'calculate_similarity',
  cluster: 'cluster_documents',
  recommend: 'recommend_content',
  chat_history: 'get_history',
  history: 'get_history',
  ping: 'health',
  webrtc_offer: 'create_web_rtc_offer',
  webrtc_answer: 'submit_web_rtc_answer',
  webrtc_ice: 'add_ice_candidate',
  webrtc_session: 'get_web_rtc_session',
};

/** Ids that are kept for later and answer 501. */
const RESERVED: ReadonlySet<string> = new Set(['audio_stream', 'video_stream']);

/** Looks operations up by whatever a client calls them. */
export type Resolve = (op: string) => { id: string; operation: Operation };

/** Prepares the look-up for a contract. */
export function createResolve(contract: Contract): Resolve {
  const entries = new Map(Object.entries(contract).map(([id, operation]) => [id, { id, operation }]));
  return (op) => {
    const direct = entries.get(op);
    if (direct) return direct;
    const id = normalise(op);
    const found = entries.get(id) ?? entries.get(Object.hasOwn(ALIASES, id) ? (ALIASES[id] ?? '') : '');
    if (found) return found;
    if (RESERVED.has(id)) {
      throw new AppError('not-implemented', `Operation ${id} is reserved.`, { extra: { feature: id } });
    }
    const shown = op.slice(0, 100);
    const guess = closest(id.slice(0, 100), [...entries.keys(), ...Object.keys(ALIASES)]);
    const meant = guess === undefined ? undefined : (ALIASES[guess] ?? guess);
    throw new AppError('route-not-found', `Unknown operation '${shown}'.${hint(meant)}`, {
      extra: { route: shown, did_you_mean: meant ?? null },
    });
  };
}

/** The sentence that names a guess. */
export function hint(guess: string | undefined): string {
  return guess === undefined ? ' GET /v1/routes lists all of them.' : ` Did you mean ${guess}?`;
}

function normalise(op: string): string {
  return op.toLowerCase().replaceAll(/[-.]/g, '_');
}

/**
 * The candidate with the smallest Levenshtein distance to `text`, if it is near enough to be a typing error
 * (at most a third of the longer text).
 */
export function closest(text: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const limit = Math.max(2, Math.floor(Math.max(text.length, candidate.length) / 3));
    if (Math.abs(text.length - candidate.length) > limit) continue;
    const edits = distance(text, candidate);
    if (edits <= limit && edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}
