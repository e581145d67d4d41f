import { expect, test } from 'vitest';
import { contract } from '../../../contract/index.ts';
import { toAppError } from '../../../contract/kernel/errors.ts';
import { createResolve } from './resolve.ts';

const resolve = createResolve(contract);

function suggestionFor(name: string): unknown {
  try {
    return resolve(name).id;
  } catch (error) {
    return toAppError(error).extra.did_you_mean;
  }
}

test('an operation answers to its id and to its aliases, however they are written', () => {
  for (const name of ['system', 'System', 'system_info', 'system-info', 'system.info'])
    expect(resolve(name)).toEqual({ id: 'system', operation: contract.system });
  expect(resolve('ping').id).toBe('health');
});

// Would catch: advice that leads to the same error once more.
test('only operations that exist are suggested', () => {
  const guesses = [
    'sytem_info',
    'loaded_model',
    'list_models',
    'chat_completion',
    'profile_list',
    'web_rtc_session',
    'constructor',
  ];
  const meant = guesses.map(suggestionFor);
  expect(meant).toEqual(['system', 'get_loaded_models', 'models', 'chat', 'profiles_list', null, null]);
});
