/** Commands that the inference engine computes. */
import type { SpecOf } from '../../../../contract/automation/kinds/index.ts';
import type { CheckOnEngine } from '../../commands/index.ts';
import type { EngineRun, RunOnEngine } from '../../tasks/index.ts';
import type { FileOf, ModelLookup } from '../deps.ts';
import type { Residents } from '../models/residents.ts';
import type { Generate } from '../run/generation.ts';
import type { Tally } from '../run/tally.ts';
import { createAnalyses } from './analysis.ts';
import type { EngineKind, EngineKindName } from './kind.ts';
import { createPrompts } from './prompt.ts';

export interface EngineCommandDeps {
  source: ModelLookup;
  residents: Residents;
  generate: Generate;
  tally: Tally;
  fileOf: FileOf;
}

export function createEngineCommands(deps: EngineCommandDeps): { run: RunOnEngine; check: CheckOnEngine } {
  const kinds: { readonly [K in EngineKindName]: EngineKind<K> } = {
    llm: createPrompts(deps),
    analyze: createAnalyses(deps),
  };
  const run = <K extends EngineKindName>(kind: K, spec: SpecOf<K>, about: EngineRun) => kinds[kind].run(spec, about);
  const check = <K extends EngineKindName>(kind: K, spec: SpecOf<K>) => kinds[kind].check(spec);
  return { run: (spec, about) => run(spec.kind, spec, about), check: (spec) => check(spec.kind, spec) };
}
