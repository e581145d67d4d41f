/** Which models are loaded, and what is asked of them. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineAnswer, EngineAsk, EngineItem } from '../../../contract/models/engine.ts';
import type { Call } from '../../shared/serve.ts';
import { classify, classifyFreely } from './analysis/classes.ts';
import { findEntities } from './analysis/entities.ts';
import { embed } from './embed.ts';
import { generate } from './generate.ts';
import { type LoadedModel, loadModel } from './model.ts';
import { rerank } from './rerank.ts';
import { createSessions } from './session.ts';
import { transcribe } from './speech/transcribe.ts';
import { describe } from './vision/describe.ts';

/** @param env `TABAGENT_THREADS` is the budget of all engines, `TABAGENT_GPU=off` keeps all sessions on the CPU */
export function createOnnxEngine(env: NodeJS.ProcessEnv) {
  const models = new Map<string, LoadedModel>();
  const sessions = createSessions(env);

  function loaded<Use extends LoadedModel['use']>(id: string, use: Use): Extract<LoadedModel, { use: Use }> {
    const model = models.get(id);
    if (model === undefined) throw new AppError('model-not-loaded', undefined, { extra: { model: id } });
    if (model.use !== use)
      throw new AppError('invalid-state', `This model was loaded for ${model.use}, not for ${use}.`);
    return model as Extract<LoadedModel, { use: Use }>;
  }

  return async function answer(ask: EngineAsk, call: Call<EngineItem>): Promise<EngineAnswer> {
    switch (ask.op) {
      case 'load': {
        if (models.has(ask.model)) throw new AppError('invalid-state', 'The model is loaded already.');
        const model = await loadModel(sessions, ask, call);
        models.set(ask.model, model);
        return { t: 'loaded', facts: model.facts };
      }
      case 'unload': {
        const model = models.get(ask.model);
        if (model === undefined) throw new AppError('model-not-loaded', undefined, { extra: { model: ask.model } });
        models.delete(ask.model);
        await model.dispose();
        return { t: 'unloaded' };
      }
      case 'share':
        // The threads of a session are fixed when it is opened, so this engine takes its half in any case.
        return { t: 'shared' };
      case 'generate':
        return generate(loaded(ask.model, 'chat'), ask, call);
      case 'embed':
        return embed(loaded(ask.model, 'embedding'), ask, call.signal);
      case 'rerank':
        return rerank(loaded(ask.model, 'rerank'), ask, call.signal);
      case 'entities':
        return findEntities(loaded(ask.model, 'ner'), ask, call);
      case 'classify':
        return classify(loaded(ask.model, 'classification'), ask, call);
      case 'zero_shot':
        return classifyFreely(loaded(ask.model, 'classification'), ask, call);
      case 'transcribe':
        return transcribe(loaded(ask.model, 'speech'), ask, call);
      case 'describe':
        return describe(loaded(ask.model, 'vision'), ask, call);
    }
  };
}
