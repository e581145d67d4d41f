/** From names in requests to models. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../../tests/support/core.ts';
import { newId } from '../../../core/ids.ts';
import type { ModelRow } from '../schema.ts';
import { createModelStore, type ModelStore } from '../store/model-store.ts';
import { createResolver } from './resolve.ts';

let core: TestCore;
let store: ModelStore;
let aliases: Record<string, string>;
beforeEach(() => {
  core = openTestCore();
  store = createModelStore(core.db, core.events);
  aliases = {};
});
afterEach(() => core[Symbol.dispose]());

const FILE = { path: '/models/m.gguf', bytes: 1, modified: 1 };

function add(repo: string, variant: string | null, changes: Partial<ModelRow> = {}): ModelRow {
  const row: ModelRow = {
    ...{ id: newId('model'), name: repo, repo, variant, type: 'chat', format: 'gguf', source: 'folder' },
    ...{
      path: `/models/${repo}/${variant}.gguf`,
      files: [FILE],
      bytes: 1,
      status: 'ready',
      problem: null,
      facts: null,
      self_check: null,
    },
    ...{ architecture: null, parameters: null, context_length: null, sha256: null, selected: false, version: 1 },
    ...{ created_at: 1, updated_at: 1 },
    ...changes,
  };
  store.insert(row);
  return row;
}
const resolver = () => createResolver(store, () => aliases);
const variantsOf = (ref: string) =>
  resolver()
    .matches(ref)
    .map(({ variant }) => variant);

describe('a repo', () => {
  test('means its usual quantization first, those that cannot be used last', () => {
    add('o/m', 'Q8_0');
    add('o/m', 'Q4_K_M', { status: 'broken' });
    add('o/m', 'Q5_K_M');
    add('o/m', 'IQ1_S');
    expect(variantsOf('o/m')).toEqual(['Q5_K_M', 'Q8_0', 'IQ1_S', 'Q4_K_M']);
  });

  test('and a quantization mean that one, whatever the case', () => {
    add('o/m', 'Q8_0');
    add('o/m', 'Q4_0');
    expect(variantsOf('o/m:q4_0')).toEqual(['Q4_0']);
    expect(variantsOf('o/m:Q4')).toEqual([]);
    expect(
      resolver()
        .matches('o/m', 'q8_0')
        .map(({ variant }) => variant),
    ).toEqual(['Q8_0']);
  });

  // Catches `owner_repo` that means `ownerXrepo`, where a name is looked for with LIKE.
  test('is no pattern', () => {
    add('o/mXn', null);
    expect(variantsOf('o/m_n')).toEqual([]);
    expect(variantsOf('o/m%')).toEqual([]);
  });
});

test('an id means its model, also a broken one; an unknown one means none', () => {
  const row = add('o/m', 'Q8_0', { status: 'missing' });
  expect(resolver().require(row.id).id).toBe(row.id);
  expect(resolver().matches(newId('model'))).toEqual([]);
});

describe('an alias', () => {
  test('stands for a model and its quantization', () => {
    add('o/m', 'Q8_0');
    add('o/m', 'Q4_K_M');
    aliases['gpt-4o'] = 'o/m:Q8_0';
    expect(resolver().require('gpt-4o').variant).toBe('Q8_0');
  });

  // Catches a name of the prototype that is taken for an alias, and an alias of itself that never ends.
  test('is only what was set, and is followed once', () => {
    aliases.a = 'b';
    aliases.b = 'a';
    expect(() => resolver().require('constructor')).toThrow(expect.objectContaining({ slug: 'model-not-found' }));
    expect(() => resolver().require('a')).toThrow(expect.objectContaining({ slug: 'model-not-found' }));
  });
});

describe('default', () => {
  const byDefault = (loaded: string[] = []) => resolver().forType('default', 'chat', loaded).repo;

  test('is the selected one, else the only loaded one, else the only one', () => {
    add('o/a', null);
    expect(byDefault()).toBe('o/a');
    add('o/b', null);
    expect(() => byDefault()).toThrow(/No chat model is selected/);
    expect(byDefault(['o/b'])).toBe('o/b');
    expect(() => byDefault(['o/a', 'o/b'])).toThrow(/No chat model is selected/);
    add('o/c', null, { selected: true });
    expect(byDefault(['o/b'])).toBe('o/c');
  });

  // Catches a default that answers with an error until the user finds out that its file is gone.
  test('is none that cannot be used, and none of another type', () => {
    add('o/gone', null, { selected: true, status: 'missing' });
    add('o/vectors', null, { type: 'embedding' });
    add('o/left', null);
    expect(byDefault()).toBe('o/left');
  });
});

describe('a request for a type', () => {
  test('is refused for a model of another one, with both types', () => {
    add('o/vectors', null, { type: 'embedding' });
    expect(() => resolver().forType('o/vectors', 'chat')).toThrow(/is a model for embedding; a chat model is needed/);
  });

  test('takes a model that also sees for a chat, but not the other way round', () => {
    add('o/sees', null, { type: 'vision' });
    expect(resolver().forType('o/sees', 'chat').repo).toBe('o/sees');
    expect(() => resolver().forType('o/sees', 'embedding')).toThrow(/embedding model is needed/);
  });

  test('of a broken model leaves the reason to who loads it', () => {
    add('o/broken', null, { type: 'other', status: 'broken' });
    expect(resolver().forType('o/broken', 'chat').status).toBe('broken');
  });
});
