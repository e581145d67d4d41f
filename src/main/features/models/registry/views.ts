/** Models as they appear in answers. */
import { type InstalledModel, InstalledModel as InstalledModelSchema } from '../../../../contract/models/models.ts';
import { iso } from '../../../core/clock.ts';
import { wireMembers } from '../../../core/operation/values.ts';
import type { PlanFacts } from '../memory/plan.ts';
import type { ModelRow } from '../schema.ts';

export function toModel(row: ModelRow): InstalledModel {
  const { facts } = row;
  return {
    ...wireMembers(InstalledModelSchema, row),
    files: row.files.length,
    quant: facts?.quant ?? null,
    layers: facts?.layers ?? null,
    embedding_size: facts?.embedding_size ?? null,
    vocabulary: facts?.vocabulary ?? null,
    chat_template: facts?.chat_template ?? false,
    tokenizer: facts?.tokenizer ?? null,
    license: facts?.license ?? null,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  };
}

/** The facts that decide whether a model fits. */
export const planFactsOf = (row: ModelRow): PlanFacts => ({ ...row, memory: row.facts?.memory ?? null });
