import { expect, test } from 'vitest';
import { APPLIED_SETTINGS, InferenceSettings, UNSUPPORTED_SETTINGS } from '../../../../contract/models/settings.ts';
import type { FitPlanner } from '../memory/fit.ts';
import type { ModelService } from '../service.ts';
import { createModelLookup } from '../source.ts';
import type { GenerationSettings } from './service.ts';

const USUAL = InferenceSettings.parse({});

/** What requests get with these settings of their model. */
function requestsWith(settings: InferenceSettings) {
  const service = { find: () => ({ repo: 'o/m', variant: null }) } as unknown as ModelService;
  const generation = { settingsOf: () => ({ settings, source: 'saved' }), params: () => ({}) };
  const lookup = createModelLookup(service, generation as unknown as GenerationSettings, {} as FitPlanner);
  return JSON.stringify(lookup.defaults({ id: 'o/m' }));
}

/** Another value of the same kind. */
function other(name: string, value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value === 1 ? 2 : 1;
  return typeof value === 'string' ? `${value}!` : name.includes('words') ? [[7]] : name.endsWith('tokens') ? [7] : 7;
}

// Catches a setting that is asked for and does nothing, and one that counts and is not shown.
test('of the settings of a model those count that the table names, and no others', () => {
  const usual = requestsWith(USUAL);
  const counting = Object.entries(USUAL)
    .filter(([name, value]) => requestsWith({ ...USUAL, [name]: other(name, value) }) !== usual)
    .map(([name]) => name);
  const named: string[] = Object.values(APPLIED_SETTINGS).flat();
  expect(counting.toSorted()).toEqual(named.toSorted());
  expect([...named, ...UNSUPPORTED_SETTINGS].toSorted()).toEqual(Object.keys(USUAL).toSorted());
});
