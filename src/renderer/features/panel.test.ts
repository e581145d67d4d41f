import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Command } from '../../contract/automation/commands.ts';
import { DEFAULT_SETTINGS, Settings } from '../../contract/host/settings.ts';
import { NO_DRAFT } from '../lib/drafts/drafts.ts';
import { edited } from '../lib/drafts/merge.ts';
import { fieldsOf } from '../ui/schema-form/model/read-schema.ts';
import { cleanInput, initialInput } from '../ui/schema-form/model/values.ts';
import { pairsText, parsePairs, patchOf, storedOf } from './commands/draft.ts';
import { validateProfile, valuesOf } from './profiles/profile-values.ts';
import { problemWith, settingFields } from './settings/setting-fields.ts';
import { tabOf, waitSentence } from './tasks/task-facts.ts';

test('a masked secret default never becomes the value that is sent', () => {
  const schema = {
    type: 'object',
    properties: { user: { type: 'string' }, password: { type: 'string', format: 'password' } },
  };
  const fields = fieldsOf(schema, { user: 'demo', password: '••••••' });
  expect(fields.map(({ kind }) => kind)).toEqual(['text', 'secret']);
  expect(initialInput(fields)).toEqual({ user: 'demo' });
  expect(cleanInput(fields, { user: '', password: '' })).toEqual({});
});

test('saving a command sends only what changed, so masked defaults stay sealed at the host', () => {
  const command = {
    id: 'cmd_1',
    version: 4,
    name: 'A',
    kind: 'http',
    description: '',
    folder: null,
    tags: [],
    spec: { kind: 'http' },
    input_schema: {},
    defaults: { password: '••••••' },
    uses: { profile: false, services: [] },
    timeout_seconds: 600,
    retry: { max: 0, backoff_seconds: 5, factor: 2 },
    concurrency_key: null,
    enabled: true,
  } as unknown as Command;
  expect(patchOf(command, edited(NO_DRAFT, storedOf(command), { name: 'B', defaults: command.defaults }))).toEqual({
    id: 'cmd_1',
    version: 4,
    name: 'B',
  });
});

test('name and value pairs survive the way through the text box', () => {
  expect(parsePairs('A=1\nB=x=y\nbroken', '=')).toEqual({ A: '1', B: 'x=y' });
  expect(pairsText({ accept: 'a:b' }, ':')).toBe('accept: a:b');
});

test('every setting of the contract gets a control, and a bad value is caught before it is sent', () => {
  const fields = settingFields(JSON.parse(JSON.stringify(z.toJSONSchema(Settings, { io: 'input' }))));
  expect(fields.map(({ key }) => key).sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
  expect(fields.filter(({ kind }) => kind === 'json').map(({ key }) => key)).toEqual([
    'model_aliases',
    'rate_limits.tiers',
  ]);
  expect(fields.find(({ key }) => key === 'browser.executable_path')).toMatchObject({ kind: 'text', nullable: true });
  expect(problemWith('port', 70_000)).not.toBeNull();
  expect(problemWith('port', 8_080)).toBeNull();
});

test('the profile form finds bad values at their fields', () => {
  const values = {
    ...valuesOf(null, 'chromium'),
    name: ' ',
    locale: 'not a locale!',
    viewport_width: 800,
    launch_args: ['--no-sandbox'],
  } as const;
  expect(Object.keys(validateProfile({ ...values, launch_args: [...values.launch_args] })).sort()).toEqual([
    'launch_args',
    'locale',
    'name',
    'viewport_width',
  ]);
});

test('status tabs match their filter in any order, and a waiting task says why', () => {
  expect(tabOf(['dead', 'failed', 'interrupted', 'timed_out'])).toBe('failed');
  expect(tabOf(['failed'])).toBe('custom');
  expect(tabOf(undefined)).toBe('all');
  expect(waitSentence({ wait_reason: 'profile_busy', queue_position: 3, run_at: null })).toBe(
    'Its profile is in use. Position 3 in queue',
  );
  expect(waitSentence({ wait_reason: null, queue_position: null, run_at: null })).toBeNull();
});
