/** Commands on a core of a test. */
import { CommandCreate } from '../../src/contract/automation/commands.ts';
import type { JsonObject } from '../../src/contract/kernel/scalars.ts';
import { createCommands } from '../../src/main/features/commands/index.ts';
import { PLATFORM, type TestCore } from './core.ts';

/** Asks for a password, and for a PIN one level down. */
export const LOGIN_SCHEMA: JsonObject = {
  type: 'object',
  required: ['user', 'password'],
  properties: {
    user: { type: 'string', minLength: 2 },
    password: { type: 'string', format: 'password' },
    nested: { type: 'object', properties: { pin: { type: 'string', writeOnly: true } } },
  },
};

/** The service over a test's core, where one profile has a name. */
export function commandsOn(core: TestCore) {
  return createCommands({
    ...core,
    platform: PLATFORM,
    profileName: (id) => (id === 'prf_1' ? 'Anna' : null),
    nodePath: '/usr/bin/node',
    checkOnEngine: async () => ({ errors: [], shown: {} }),
  }).service;
}

/** A command that uses all of {@link LOGIN_SCHEMA}. */
export const httpCommand = (over: Record<string, unknown> = {}) =>
  CommandCreate.parse({
    name: 'ping',
    kind: 'http',
    spec: { url: 'http://127.0.0.1/{{user}}', headers: { authorization: 'Bearer {{password}}' } },
    input_schema: LOGIN_SCHEMA,
    ...over,
  });
