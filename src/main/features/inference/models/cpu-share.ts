/** One budget of processor threads for both engines: what one of them leaves free while it has nothing loaded, the other one takes. */
import { ENGINES } from '../../../../contract/models/engines.ts';
import type { Logger } from '../../../core/log/logger.ts';
import type { Resident } from './resident.ts';

export interface CpuShareDeps {
  all(): readonly Resident[];
  log: Logger;
}

/** @returns to be called when a model was loaded or unloaded; an engine without models is not told, which would start its process */
export function createCpuShare({ all, log }: CpuShareDeps): () => void {
  /** What was told last, and a model that was there then: a process that has none of them may be a new one. */
  let told: { model: Resident; alone: boolean } | undefined;
  return () => {
    const loaded = all().filter(({ facts }) => facts !== null);
    const flexible = loaded.filter(({ model }) => ENGINES[model.engine].flexible);
    const [first] = flexible;
    if (first === undefined) return;
    const alone = flexible.length === loaded.length;
    const isNews = told === undefined ? !alone : told.alone !== alone || !flexible.includes(told.model);
    if (!isNews) return;
    told = { model: first, alone };
    first.engine.share(alone).catch((error: unknown) => {
      log.warn('models', 'the engines could not share the processor', { error });
    });
  };
}
