/** What the output has to fit: a grammar from the start, or one that begins with a call of a tool. */
import { LlamaGrammar, LlamaGrammarEvaluationState } from 'node-llama-cpp';
import { AppError } from '../../../contract/kernel/errors.ts';
import { CALL_OPEN, type EngineAsk } from '../../../contract/models/engine.ts';
import type { LoadedModel } from './model.ts';

export interface OutputGrammar {
  /** Whether the same grammar, or none, holds to the end. */
  readonly isSettled: boolean;
  /** What holds for the next token. */
  state(): LlamaGrammarEvaluationState | undefined;
  /**
   * Looks at text that was written. When a call has been opened the rest is bound to its grammar.
   * @returns characters behind the opening, which have to be written again under the grammar; 0 when there are none
   */
  wrote(text: string): number;
}

function stateOf({ llama, model }: LoadedModel, grammar: string): LlamaGrammarEvaluationState {
  try {
    return new LlamaGrammarEvaluationState({ model, grammar: new LlamaGrammar(llama, { grammar }) });
  } catch (error) {
    throw new AppError('unprocessable-entity', 'The engine cannot read the grammar of the output.', { cause: error });
  }
}

export function outputGrammar(loaded: LoadedModel, ask: Extract<EngineAsk, { op: 'generate' }>): OutputGrammar {
  const whole = ask.tools?.required ?? ask.grammar;
  let state = whole === null ? undefined : stateOf(loaded, whole);
  const call = state === undefined ? ask.tools?.call : undefined;
  let seen = '';
  return {
    isSettled: call === undefined,
    state: () => state,
    wrote(text) {
      if (call === undefined || state !== undefined) return 0;
      seen += text;
      const at = seen.indexOf(CALL_OPEN);
      if (at === -1) {
        seen = seen.slice(-CALL_OPEN.length);
        return 0;
      }
      state = stateOf(loaded, call);
      return seen.length - at - CALL_OPEN.length;
    },
  };
}
