import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BROWSERS, type Profile, ProfileCreate, ProfileState } from '../../../contract/automation/profiles.ts';
import { startBlocked, stopBlocked } from './profile-actions.tsx';
import { fieldErrors, inputOf, type ProfileValues, validateProfile, valuesOf } from './profile-values.ts';

const empty = valuesOf(null, 'chromium');
const size = fc.option(
  fc.record({ width: fc.integer({ min: 200, max: 16_384 }), height: fc.integer({ min: 200, max: 16_384 }) }),
);
const word = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => text.trim() === text);

/** What the host may hold of a profile, as far as the form edits it. */
const profile = fc.record({
  name: word,
  color: fc.constantFrom('#4f7cff', '#000000'),
  group: fc.option(word),
  tags: fc.uniqueArray(word, { maxLength: 5 }),
  notes: fc.string({ maxLength: 100 }),
  browser: fc.constantFrom(...BROWSERS),
  executable_path: fc.option(fc.constantFrom('/usr/bin/chromium', 'C:\\Program Files\\chrome.exe')),
  proxy_id: fc.option(fc.constant('prx_01j00000000000000000000000')),
  start_urls: fc.array(fc.webUrl(), { maxLength: 3 }),
  locale: fc.option(fc.constantFrom('de-DE', 'zh-Hant-TW')),
  timezone: fc.option(fc.constantFrom('Europe/Berlin', 'Asia/Tokyo')),
  viewport: size,
  window: size,
  user_agent: fc.option(word),
  color_scheme: fc.option(fc.constantFrom('light', 'dark')),
  launch_args: fc.array(fc.constantFrom('--lang=de', '--mute-audio'), { maxLength: 2 }),
  storage: fc.constantFrom('persistent', 'ephemeral'),
  clear_cache_on_stop: fc.boolean(),
  pool_id: fc.option(fc.constant('pol_01j00000000000000000000000')),
  sticky: fc.constantFrom('run', 'failure', 'minutes', 'forever'),
  sticky_minutes: fc.integer({ min: 1, max: 525_600 }),
  exit_policy: fc.option(fc.constantFrom('off', 'warn', 'block')),
  traffic_budget: fc.option(
    fc.record({
      run_bytes: fc.integer({ min: 1_000_000, max: 2 ** 40 }),
      day_bytes: fc.option(fc.integer({ min: 1_000_000, max: 2 ** 40 })),
      month_bytes: fc.constant(null),
    }),
  ),
});

// Catches a field that opening and saving the form changes or loses, such as a size, an empty group, a path with spaces.
test('a profile that is opened and saved unchanged is the same', () => {
  fc.assert(
    fc.property(profile, (fields) => {
      const input = inputOf(valuesOf(fields as Profile, 'chromium'));
      expect(input).toEqual(fields);
      expect(validateProfile(valuesOf(fields as Profile, 'chromium'))).toEqual({});
    }),
  );
});

// Catches a form that lets through what the host refuses, and then has no field to show the message at.
test('what the form lets through the contract accepts, and what it refuses it refuses at a field of the form', () => {
  const odd = fc.oneof(
    fc.string({ maxLength: 120, unit: 'grapheme' }),
    fc.constantFrom('', ' ', '--x', 'de-DE', 'UTC', 'https://a.example'),
  );
  const number = fc.oneof(fc.constant('' as const), fc.integer({ min: -5, max: 20_000 }), fc.double({ noNaN: true }));
  const values: fc.Arbitrary<ProfileValues> = fc.record({
    name: odd,
    color: odd,
    group: odd,
    tags: fc.array(odd, { maxLength: 3 }),
    notes: odd,
    browser: fc.constantFrom(...BROWSERS),
    executable_path: odd,
    proxy_id: fc.constantFrom(null, 'prx_01j00000000000000000000000', 'prx_1'),
    pool_id: fc.constantFrom(null, 'pol_01j00000000000000000000000', 'pol_1'),
    sticky: fc.constantFrom('run', 'failure', 'minutes', 'forever'),
    sticky_minutes: number,
    exit_policy: fc.constantFrom('', 'off', 'warn', 'block'),
    ...{ run_budget: number, day_budget: number, month_budget: number },
    start_urls: fc.array(odd, { maxLength: 3 }),
    locale: odd,
    timezone: odd,
    viewport_width: number,
    viewport_height: number,
    window_width: number,
    window_height: number,
    user_agent: odd,
    color_scheme: fc.constantFrom('', 'light', 'dark'),
    launch_args: fc.array(odd, { maxLength: 3 }),
    storage: fc.constantFrom('persistent', 'ephemeral'),
    clear_cache_on_stop: fc.boolean(),
  });
  fc.assert(
    fc.property(values, (given) => {
      const fields = Object.keys(validateProfile(given));
      expect(fields.filter((name) => !Object.hasOwn(empty, name))).toEqual([]);
      if (fields.length === 0) expect(ProfileCreate.safeParse(inputOf(given)).success).toBe(true);
    }),
  );
});

// Catches a message of the host for an item of a list or a part of a size that no field of the form shows.
test('errors of the host land at the field they are about, whichever way the path is written', () => {
  expect(
    fieldErrors({
      '/viewport/height': 'a',
      'window.width': 'b',
      window: 'c',
      '/launch_args/3': 'd',
      'start_urls.0': 'e',
      '/name': 'f',
    }),
  ).toEqual({
    viewport_height: 'a',
    window_width: 'c',
    launch_args: 'd',
    start_urls: 'e',
    name: 'f',
  });
});

// Catches a button that is offered although the host would refuse it, and a browser that can be neither opened nor closed.
test('each state of a profile can be started or stopped, or says why not', () => {
  const holders: Profile['holder'][] = [
    null,
    ...(['task', 'manual', 'foreign'] as const).map((kind) => ({
      kind,
      id: 'x',
      since: '2026-01-01T00:00:00.000Z' as never,
    })),
  ];
  for (const state of ProfileState.options) {
    for (const holder of holders) {
      const [start, stop] = [startBlocked({ state, holder }), stopBlocked({ state, holder })];
      const idle = state === 'stopped' || state === 'crashed';
      expect(start === null, `start ${state}`).toBe(idle);
      expect(stop === null, `stop ${state} ${holder?.kind}`).toBe(
        (state === 'running' || state === 'starting') && holder?.kind !== 'task',
      );
      expect(start === null && stop === null, 'never both').toBe(false);
    }
  }
  expect(startBlocked({ state: 'running', holder: holders[1] ?? null })).toMatch(/task/);
  expect(stopBlocked({ state: 'running', holder: holders[1] ?? null })).toMatch(/cancel the task/);
});
