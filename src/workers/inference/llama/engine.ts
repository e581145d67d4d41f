/** Which models are loaded, and what is asked of them. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { EngineAnswer, EngineAsk, EngineItem } from '../../../contract/models/engine.ts';
import type { Call } from '../../shared/serve.ts';
import { embed, rerank } from './embed.ts';
import { generate } from './generate.ts';
import { type LoadedModel, loadModel } from './model.ts';
import { type Native, openNative } from './native.ts';

/** @param env `TABAGENT_THREADS` caps the threads of the whole process, `TABAGENT_GPU=off` keeps it on the CPU */
export function createLlamaEngine(env: NodeJS.ProcessEnv) {
  const models = new Map<string, LoadedModel>();
  let native: Promise<Native> | undefined;
  let alone = true;

  function loaded(id: string): LoadedModel {
    const model = models.get(id);
    if (model === undefined) throw new AppError('model-not-loaded', undefined, { extra: { model: id } });
    return model;
  }

  return async function answer(ask: EngineAsk, call: Call<EngineItem>): Promise<EngineAnswer> {
    switch (ask.op) {
      case 'load': {
        if (models.has(ask.model)) throw new AppError('invalid-state', 'The model is loaded already.');
        native ??= openNative(env);
        const opened = await native;
        opened.share(alone);
        const model = await opened.whole(() => loadModel(opened, ask, call));
        models.set(ask.model, model);
        return { t: 'loaded', facts: model.facts };
      }
      case 'unload':
        await loaded(ask.model).dispose();
        models.delete(ask.model);
        return { t: 'unloaded' };
      case 'share':
        alone = ask.alone;
        (await native)?.share(alone);
        return { t: 'shared' };
      case 'generate':
        return generate(loaded(ask.model), ask, call);
      case 'embed':
        return embed(loaded(ask.model), ask.texts, call.signal);
      case 'rerank':
        return rerank(loaded(ask.model), ask.query, ask.documents, call.signal);
      case 'entities':
      case 'classify':
      case 'zero_shot':
      case 'transcribe':
      case 'describe':
        throw new AppError('invalid-state', 'Models of this format only write, embed and rank; use an ONNX model.');
    }
  };
}
