/** What a spec would do: parsed, its variables filled in, checked by its kind. Runs in a process of its own, as templates and scripts are the user's. */
import { AppError } from '../../../contract/kernel/errors.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import type { PreviewAnswer, Request } from './compute/requests.ts';
import { previewOf } from './kinds/index.ts';
import { byMask, bySchema, exposureErrors, exposureWarnings } from './secrets/exposed.ts';
import type { Place } from './secrets/places.ts';
import { parseSpec, resolveSpec } from './spec.ts';

/** Fills in the variables. @returns the resolved spec, or what is wrong with it */
function resolve(...[spec, variables]: Parameters<typeof resolveSpec>) {
  try {
    return { ...resolveSpec(spec, variables), errors: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const errors = Object.entries(error.errors ?? { spec: error.message });
    return { spec, missing: [], errors: errors.map(([path, message]) => ({ path, message })) };
  }
}

/** See file comment. */
export function preview(request: Extract<Request, { t: 'preview' }>): PreviewAnswer {
  const { kind, variables, has_profile } = request;
  const parsed = parseSpec(kind, request.spec as JsonObject);
  if ('issues' in parsed) return { spec: null, shown: {}, missing: [], warnings: [], errors: parsed.issues };
  const { spec, missing, errors } = resolve(parsed.spec, variables);
  const [schemaSays, maskSays] = [bySchema(request.schema), byMask(variables.input)];
  const isSecret = (place: Place) => schemaSays(place) || maskSays(place);
  const found = previewOf(kind, spec, { input: variables.input, hasProfile: has_profile });
  return {
    ...{ spec, shown: found.shown, missing },
    warnings: [...found.warnings, ...exposureWarnings(parsed.spec, isSecret)],
    errors: [...found.errors, ...errors, ...exposureErrors(parsed.spec, isSecret)],
  };
}
