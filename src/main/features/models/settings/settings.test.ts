import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { InferenceSettings } from '../../../../contract/models/settings.ts';
import { createSettingsStore } from '../store/settings-store.ts';
import { createGenerationSettings } from './service.ts';

let core: TestCore;
let settings: ReturnType<typeof createGenerationSettings>;
beforeEach(() => {
  core = openTestCore();
  settings = createGenerationSettings(createSettingsStore(core.db, core.clock));
});
afterEach(() => core[Symbol.dispose]());

test('there are exactly 40 settings, each with words for its form', () => {
  const members = Object.values(InferenceSettings.shape);
  expect(members).toHaveLength(40);
  for (const member of members) expect(member.meta()).toMatchObject({ title: /./, description: /\.$/ });
});

test('a model begins with what suits its family', () => {
  expect(settings.settingsOf('owner/SmolLM2-Llama', 'Q8_0')).toMatchObject({
    source: 'preset',
    settings: { temperature: 0.7, top_k: 40, max_new_tokens: 512, system_prompt: 'You are a helpful AI assistant.' },
  });
  expect(settings.settingsOf('owner/other', 'Q8_0')).toMatchObject({
    source: 'default',
    settings: { temperature: 0.3 },
  });
});

test('saving changes what is given and keeps the rest, whatever the case of the name', () => {
  settings.save({ repo_id: 'Owner/Qwen', variant: 'q8_0', settings: { temperature: 0.1, max_time: 5 } });
  const saved = settings.save({ repo_id: 'owner/qwen', variant: 'Q8_0', settings: { top_k: 3, max_time: null } });
  expect(saved).toMatchObject({ temperature: 0.1, top_k: 3, top_p: 0.8, max_time: null });
  expect(settings.settingsOf('OWNER/qwen', 'Q8_0')).toEqual({ source: 'saved', settings: saved });
});

test('settings that contradict each other are refused at their field', () => {
  const save = (patch: object) => () => settings.save({ repo_id: 'a/b', variant: 'x', settings: patch });
  expect(save({ min_length: 10, max_length: 5 })).toThrow(expect.objectContaining({ slug: 'validation-error' }));
  expect(save({ num_beams: 2, num_beam_groups: 3 })).toThrow(/between 1 and 2/);
});

test('a damaged value does not keep a model from being used', () => {
  settings.save({ repo_id: 'a/b', variant: 'x', settings: {} });
  core.db.raw.prepare(`UPDATE model_settings SET settings = '{"temperature":"hot"}'`).run();
  expect(settings.settingsOf('a/b', 'x').source).toBe('default');
});

test('parameters of all requests and of a session: merged, cleared with null, told in both spellings', () => {
  expect(settings.getParams()).toEqual({});
  settings.setParams({ temperature: 1, max_tokens: 10, stop: ['END'] });
  expect(settings.getParams()).toEqual({
    ...{ temperature: 1, max_new_tokens: 10, max_tokens: 10, stop_sequences: ['END'], stop: ['END'] },
  });
  settings.setParams({ session_id: 's', temperature: 0 });
  expect(settings.params('s')).toMatchObject({ temperature: 0, max_new_tokens: 10 });
  expect(settings.setParams({ temperature: null, stop: null, max_tokens: 20 })).toEqual({
    ...{ max_new_tokens: 20, max_tokens: 20 },
  });
  expect(() => settings.setParams({ max_tokens: 1, max_new_tokens: 2 })).toThrow(/max_new_tokens and max_tokens/);
});
