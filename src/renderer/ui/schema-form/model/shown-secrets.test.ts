import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import { MASK } from '../../../../contract/kernel/text/mask.ts';
import { fieldsOf } from './read-schema.ts';
import { maskSecrets, unmaskSecrets } from './shown-secrets.ts';

const SECRET: JsonObject = { type: 'string', format: 'password' };
const USER: JsonObject = { type: 'object', properties: { name: { type: 'string' }, pin: SECRET } };
const fields = fieldsOf({
  type: 'object',
  properties: { url: { type: 'string' }, token: SECRET, user: USER, users: { type: 'array', items: USER } },
});
const value: JsonObject = {
  url: 'https://a.example',
  token: 'tiger-lily',
  user: { name: 'anna', pin: '4711' },
  users: [
    { name: 'bert', pin: 'bert-pin' },
    { name: 'carl', pin: 'carl-pin' },
  ],
  other: 1,
};
const [bert, carl] = value.users as [JsonObject, JsonObject];

describe('secrets of a form that is shown as JSON', () => {
  // Catches a typed password that stands in clear on the screen as soon as the form is shown as JSON.
  test('are masked wherever they are, and everything else is as it was', () => {
    const shown = JSON.stringify(maskSecrets(fields, value));
    for (const secret of ['tiger-lily', '4711', 'bert-pin', 'carl-pin']) expect(shown).not.toContain(secret);
    expect(maskSecrets(fields, value)).toMatchObject({
      url: 'https://a.example',
      user: { name: 'anna', pin: MASK },
      other: 1,
    });
    expect(maskSecrets(fields, { token: '' })).toEqual({ token: '' });
  });

  // Catches a password that looking at the JSON replaces by its mask.
  test('are what they were when nothing was edited', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('url', 'token', 'user', 'users', 'other'), fc.jsonValue()), (any) => {
        const whole = any as JsonObject;
        expect(unmaskSecrets(fields, maskSecrets(fields, whole), whole)).toEqual(whole);
      }),
    );
    expect(unmaskSecrets(fields, maskSecrets(fields, value), value)).toEqual(value);
  });

  test('stay where something beside them is edited, and are replaced by what is typed over the mask', () => {
    const shown = maskSecrets(fields, value);
    expect(unmaskSecrets(fields, { ...shown, url: 'https://b.example', token: 'new' }, value)).toEqual({
      ...value,
      url: 'https://b.example',
      token: 'new',
    });
  });

  // Catches a secret that goes to another row when rows are moved, removed or renamed.
  test('never go to another item of a list', () => {
    const shown = maskSecrets(fields, value);
    const [first, second] = shown.users as [JsonObject, JsonObject];
    expect(unmaskSecrets(fields, { ...shown, users: [second, first] }, value).users).toEqual([second, first]);
    expect(unmaskSecrets(fields, { ...shown, users: [second] }, value).users).toEqual([second]);
    const renamed = { ...first, name: 'mallory' };
    expect(unmaskSecrets(fields, { ...shown, users: [renamed, second] }, value).users).toEqual([renamed, carl]);
    expect(unmaskSecrets(fields, { ...shown, users: [first, second, first] }, value).users).toEqual([
      bert,
      carl,
      first,
    ]);
  });
});
