/** What the inference engine does for one kind of command. */
import type { CommandKind, KindIn, SpecOf } from '../../../../contract/automation/kinds/index.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { EngineRun } from '../../tasks/index.ts';

/** Kinds that the engine computes. */
export type EngineKindName = KindIn<'engine'> & CommandKind;

/** One record of the registry in `index.ts`. */
export interface EngineKind<K extends EngineKindName> {
  /** Computes an attempt. @returns its output @throws AppError */
  run(spec: SpecOf<K>, run: EngineRun): Promise<Json>;
  /** Checks a resolved spec without computing it; `shown` is shown beside the spec. */
  check(spec: SpecOf<K>): Promise<{ errors: { path: string; message: string }[]; shown: JsonObject }>;
}

/** All tasks together count as one caller when callers take turns. */
export const CALLER = 'tasks';
