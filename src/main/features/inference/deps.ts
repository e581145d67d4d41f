/** What inference needs from other features: the installed models with their settings, and recording of conversations. */
import type { EngineName, EngineUse } from '../../../contract/models/engine.ts';
import type { ChatChunk, ChatMessage } from '../../../contract/models/openai/chat.ts';
import type { Usage } from '../../../contract/models/openai/shared.ts';
import type { SelfCheck } from '../../../contract/models/self-check.ts';
import type { Principal } from '../../core/operation/operation.ts';
import type { Held, LoadPlan, LoadWish } from '../models/index.ts';

/** A model whose files are on this machine and were checked. */
export interface LoadableModel {
  /** What answers name: `owner/repo:variant`, or an id of its own. */
  id: string;
  name: string;
  /** The file or folder that the engine reads. */
  path: string;
  engine: EngineName;
  type: EngineUse;
  variant: string | null;
  sizeBytes: number;
  /** Unix time in seconds. */
  created: number;
  /** The longest context that the model was made for. */
  contextLength: number;
  /** `7B`, where the file tells it. */
  parameters: string | null;
  /** Length of the vectors of an embedding model, where the file tells it. */
  dimensions?: number | null;
}

/** Defaults for generations with a model; an absent member has none. */
export interface GenerationDefaults {
  temperature?: number;
  top_p?: number;
  top_k?: number;
  min_p?: number;
  repetition_penalty?: number;
  frequency_penalty?: number;
  presence_penalty?: number;
  max_tokens?: number;
  seed?: number;
  stop?: readonly string[];
  /** Used when a request brings no system message. */
  system_prompt?: string;
}

/** The models that are installed; implemented by the feature `models`. */
export interface ModelLookup {
  /**
   * The model that a reference means.
   * @param ref `owner/repo`, `owner/repo:variant`, an id, an alias or `default`
   * @param type what it is needed for; null when any will do
   * @param loaded ids of loaded models of that type, for `default`
   * @param again whether a model that has ended an engine is tried again; otherwise it is `model-corrupted`
   * @throws AppError `model-not-found`, `model-corrupted`, `embedding-model-not-available`
   */
  resolve(ref: string, type: EngineUse | null, loaded: readonly string[], again?: boolean): Promise<LoadableModel>;
  list(): Promise<LoadableModel[]>;
  /** What applies to generations: saved settings below parameters that were set. */
  defaults(model: LoadableModel, sessionId?: string): GenerationDefaults;
  /**
   * How the model is loaded into the memory that is free now.
   * @param wish a context that is named is given or refused; the usual one may be shortened to fit
   */
  plan(model: LoadableModel, wish: LoadWish, held: Held): Promise<LoadPlan>;
  /** Results of self-checks; one is kept until the files of its model change. */
  selfCheck?: {
    /** Whether the model has no result yet. */
    wanted(id: string): boolean;
    save(id: string, found: SelfCheck): void;
  };
  /** Called when loading a model has crashed its engine; later requests no longer load it. */
  endedEngine?(id: string, reason: string): void;
  /** Called when a model was loaded, which clears an earlier `endedEngine`. */
  wasLoaded?(id: string): void;
  /** Called when a model was loaded or unloaded, so that lists of models are read again. */
  changed?(id: string): void;
}

/**
 * The file of an artifact or an upload.
 * @returns its path @throws AppError `not-found`, `validation-error` for what is the id of neither
 */
export type FileOf = (id: string) => string;

/** How one answer of a recorded conversation ended. */
export interface RecordingEnd {
  reason: string;
  stopped: boolean;
  usage: Usage;
  timings: { firstTokenMs: number | null; totalMs: number };
}

/** Records the answers of one request. */
export interface Recording {
  add(choice: number, delta: Omit<ChatChunk['choices'][number]['delta'], 'role'>): void;
  end(choice: number, end: RecordingEnd): void;
  /** Ends the answers that are still open; what was added of them is kept. */
  fail(error: unknown): void;
}

/** Conversations that are kept; implemented by the feature `sessions`. */
export interface Conversations {
  /**
   * For what concerns a session and writes nothing in it.
   * @throws AppError `session-not-found` when the caller may not see it, `conflict` when it was deleted and can be restored
   */
  admit(sessionId: string, principal: Principal, reads?: boolean): void;
  /**
   * Stores the messages of a request, and what its recording is given.
   * @param continued whether the answer continues the last message
   * @throws AppError `session-not-found` when the caller may not see the session
   */
  begin(turn: {
    sessionId: string;
    principal: Principal;
    model: string;
    messages: readonly ChatMessage[];
    continued: boolean;
  }): Recording;
}
