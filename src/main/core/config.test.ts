import path from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('a flag wins over the environment, and that over the default', () => {
  const env = { TABAGENT_PORT: '4001', TABAGENT_HOST: '0.0.0.0', TABAGENT_DATA_DIR: '/from/env' };
  expect(readConfig({}, {}, '/default')).toMatchObject({ dataDir: path.resolve('/default'), overrides: {} });
  expect(readConfig({}, env, '/default')).toMatchObject({
    dataDir: path.resolve('/from/env'),
    overrides: { port: 4001, host: '0.0.0.0' },
  });
  expect(readConfig({ port: '4002', dataDir: 'relative' }, env, '/default')).toMatchObject({
    dataDir: path.resolve('relative'),
    overrides: { port: 4002, host: '0.0.0.0' },
  });
});

test('an empty variable is as good as none', () => {
  const env = { TABAGENT_PORT: '', TABAGENT_LOG_LEVEL: '', TABAGENT_BROWSER_ARGS: '' };
  expect(readConfig({}, env, '/d')).toMatchObject({ overrides: {}, browserArgs: [] });
});

// Would catch: a start that fails with a stack trace, or a wrong value that is silently taken as another one.
test.each([
  [{ port: '70000' }, {}, '--port'],
  [{ port: '80x' }, {}, '--port'],
  [{ port: '-1' }, {}, '--port'],
  [{ port: '' }, {}, '--port'],
  [{}, { TABAGENT_PORT: '0x50' }, 'TABAGENT_PORT'],
  [{}, { TABAGENT_LOG_LEVEL: 'loud' }, 'TABAGENT_LOG_LEVEL'],
  [{ logLevel: 'DEBUG' }, { TABAGENT_LOG_LEVEL: 'info' }, '--log-level'],
  [{}, { TABAGENT_BROWSER_ARGS: '--headless' }, 'TABAGENT_BROWSER_ARGS'],
  [{}, { TABAGENT_BROWSER_ARGS: '{"a":1}' }, 'TABAGENT_BROWSER_ARGS'],
  [{}, { TABAGENT_BROWSER_ARGS: '["a",1]' }, 'TABAGENT_BROWSER_ARGS'],
])('%j with %j is refused by the name of what is wrong', (flags, env, name) => {
  expect(() => readConfig(flags, env, '/d')).toThrow(
    expect.objectContaining({ slug: 'configuration-error', message: expect.stringMatching(`^${name}: `) }),
  );
});
