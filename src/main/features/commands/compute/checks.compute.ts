/** Compute process: computes over what users write into commands, where it can be ended. */
import type { CommandSpec } from '../../../../contract/automation/kinds/index.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { serveComputations } from '../../../core/process/computations.ts';
import { mergeInput } from '../merge.ts';
import { preview } from '../preview.ts';
import { bySchema, exposureErrors } from '../secrets/exposed.ts';
import { keepMasked, secretPlaces } from '../secrets/places.ts';
import { type InputAnswer, Request, type SchemaAnswer } from './requests.ts';
import { compiled, hiddenSecret, issuesOf } from './validator.ts';

type Of<T extends Request['t']> = Extract<Request, { t: T }>;

const exposedBy = (schema: JsonObject, spec: CommandSpec | null) =>
  spec === null ? [] : exposureErrors(spec, bySchema(schema));

function checkSchema({ schema: text, spec, value }: Of<'schema'>): SchemaAnswer {
  const { schema, ...found } = compiled(text);
  const problem = 'problem' in found ? found.problem : hiddenSecret(schema);
  return { problem, secrets: secretPlaces(schema, value), exposed: exposedBy(schema, spec) };
}

function checkInput({ schema: text, spec, is_new, base, given }: Of<'input'>): InputAnswer {
  const { schema, ...found } = compiled(text);
  const refused = (problem: string) => ({ problem, secrets: [], exposed: [], issues: [], input: {} });
  if ('problem' in found) return refused(found.problem);
  const hidden = is_new ? hiddenSecret(schema) : null;
  if (hidden !== null) return refused(hidden);
  const input = mergeInput(base, keepMasked(schema, base, given));
  const issues = issuesOf(found.validate, input);
  if (typeof issues === 'string') return refused(issues);
  return { problem: null, secrets: secretPlaces(schema, input), exposed: exposedBy(schema, spec), issues, input };
}

// What the first schema costs beyond the others is not the first caller's.
compiled('{"type":"object"}');

serveComputations(Request, (request) => {
  switch (request.t) {
    case 'schema':
      return checkSchema(request);
    case 'input':
      return checkInput(request);
    case 'preview':
      return preview(request);
  }
});
