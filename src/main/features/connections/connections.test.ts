import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import type { Principal } from '../../core/operation/operation.ts';
import { createConnections } from './index.ts';

let core: TestCore;
let feature: ReturnType<typeof createConnections>;
const open = () => createConnections({ ...core, panelUrl: () => 'http://127.0.0.1:1/panel/' });
const from = { remote: '127.0.0.1', safe: false };
const newKey = {
  name: 'k',
  scopes: ['read', 'run'] as const,
  areas: ['models'] as const,
  rate_multiplier: 1,
  expires_at: null,
};
const make = (more: Partial<Parameters<typeof feature.service.keys.create>[0]> = {}) =>
  feature.service.keys.create({ ...newKey, scopes: [...newKey.scopes], areas: [...newKey.areas], ...more });

beforeEach(() => {
  core = openTestCore();
  feature = open();
});
afterEach(() => core[Symbol.dispose]());

describe('API keys', () => {
  test('are kept as a hash and recognised after a restart', () => {
    const { key, id } = make();
    expect(key).toMatch(/^tak_[\w-]{12}_[\w-]{43}$/);
    const stored = JSON.stringify(core.db.raw.prepare('SELECT * FROM api_key').all());
    expect(stored).not.toContain(key.slice(17));
    for (const part of feature.parts) part.stop();
    feature = open();
    expect(feature.authenticator.authenticateToken(key, from)).toMatchObject({
      kind: 'key',
      id,
      scope: 'run',
      areas: ['models'],
    });
  });

  // Catches a comparison that looks at the public part only.
  test('with a right prefix and a wrong secret are refused', () => {
    const { key } = make();
    expect(() =>
      feature.authenticator.authenticateToken(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`, from),
    ).toThrow('unknown');
  });

  test('end at their time and when they are deleted', () => {
    const { key } = make({ expires_at: core.clock.now() + 1000 });
    feature.authenticator.authenticateToken(key, from);
    core.clock.advance(1000);
    expect(() => feature.authenticator.authenticateToken(key, from)).toThrow();
    const other = make();
    feature.service.keys.remove(other.id);
    expect(() => feature.authenticator.authenticateToken(other.key, from)).toThrow();
  });

  test('remember their last use in batches, and a change of rights closes their connections', () => {
    const { key, id } = make();
    const lastUsed = () =>
      (core.db.raw.prepare('SELECT last_used_at AS at FROM api_key').get() as { at: number | null }).at;
    feature.authenticator.authenticateToken(key, from);
    expect(lastUsed()).toBeNull();
    core.clock.advance(60_000);
    expect(lastUsed()).not.toBeNull();
    let revoked = 0;
    feature.authenticator.authenticateToken(key, from).grant?.onEnd(() => (revoked += 1));
    feature.service.keys.update(id, { scopes: ['read'] }, { version: 1, status: 409 });
    expect(revoked).toBe(1);
    expect(() => feature.service.keys.update(id, { name: 'x' }, { version: 1, status: 412 })).toThrow(
      'changed in the meantime',
    );
  });
});

describe('the checkpoint', () => {
  // Catches a malformed header that falls through to a weaker credential.
  test.each([
    'Basic abc',
    'Bearer',
    'Bearer ',
    'tak_x',
    'Bearer a b',
  ])('refuses Authorization: %s even beside a good key', (authorization) => {
    const { key } = make();
    expect(() => feature.authenticator.authenticate({ authorization, apiKey: key, ...from })).toThrow('unknown');
  });

  test('holds a bound credential to its origin; only GET may come without one', () => {
    const origin = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';
    feature.authenticator.addSource('tax_', () => ({
      kind: 'extension',
      id: 'e',
      name: 'e',
      scope: 'manage',
      areas: ['models'],
      rateMultiplier: 1,
      origin,
    }));
    const as = (given: string | undefined, safe: boolean) =>
      feature.authenticator.authenticate({ apiKey: 'tax_1', origin: given, safe, remote: 'x' }).kind;
    expect(as(origin, false)).toBe('extension');
    expect(as(undefined, true)).toBe('extension');
    expect(() => as(undefined, false)).toThrow('another origin');
    expect(() => as('https://evil.test', true)).toThrow('another origin');
  });

  test('never opens a non-loopback bind or a foreign address to callers without a key', () => {
    core.settings.update({ allow_unauthenticated_local: true });
    const scopeOf = (remote: string) => feature.authenticator.authenticate({ safe: true, remote }).scope;
    expect(scopeOf('127.0.0.1')).toBe('run');
    expect(scopeOf('::1')).toBe('run');
    expect(scopeOf('192.168.1.5')).toBeNull();
    core.settings.update({ host: '0.0.0.0' });
    expect(scopeOf('127.0.0.1')).toBeNull();
  });
});

describe('keys at their edges', () => {
  // Would catch: a lookup that finds the key of another caller, or a pattern that accepts what merely begins like a key.
  test.each([
    ['cut off', (key: string) => key.slice(0, -1)],
    ['longer', (key: string) => `${key}A`],
    ['with a line end', (key: string) => `${key}\n`],
    ['in another case', (key: string) => key.toUpperCase()],
    ['without its prefix', (key: string) => key.slice(4)],
    ['its public part alone', (key: string) => key.slice(0, 16)],
    ['empty', () => ''],
  ])('a key that is %s has no principal', (_name, change) => {
    expect(feature.service.keys.principalOf(change(make().key))).toBeUndefined();
  });

  test('many keys are told apart, each with its own rights', () => {
    const made = Array.from({ length: 50 }, (_, n) => make({ name: `k${n}`, rate_multiplier: n + 1 }));
    expect(new Set(made.map(({ key }) => key)).size).toBe(50);
    for (const [n, { key, id }] of made.entries())
      expect(feature.service.keys.principalOf(key)).toMatchObject({ id, name: `k${n}`, rateMultiplier: n + 1 });
  });

  test('a change takes effect at once and after a restart', () => {
    const { id, key } = make();
    feature.service.keys.update(
      id,
      { scopes: ['read'], areas: ['any', 'models'] },
      { version: undefined, status: 409 },
    );
    for (const keys of [feature.service.keys, open().service.keys])
      expect(keys.principalOf(key)).toMatchObject({ scope: 'read', areas: ['any', 'models'] });
  });

  test('an update that names another version is refused with the current one, and changes nothing', () => {
    const { id } = make();
    expect(() => feature.service.keys.update(id, { name: 'x' }, { version: 7, status: 412 })).toThrow(
      expect.objectContaining({ slug: 'version-conflict', status: 412, extra: { current_version: 1 } }),
    );
    expect(feature.service.keys.list({ limit: 1, count: false }).items[0]).toMatchObject({ name: 'k', version: 1 });
  });

  test('a deleted key is not found a second time, and its name may be used again', () => {
    const { id } = make();
    feature.service.keys.remove(id);
    for (const again of [
      () => feature.service.keys.remove(id),
      () => feature.service.keys.update(id, { name: 'x' }, { version: undefined, status: 409 }),
    ])
      expect(again).toThrow(expect.objectContaining({ slug: 'not-found' }));
    expect(make().name).toBe('k');
  });

  // Would catch: a host without any usable key that believes that it has one, and opens its port to the network.
  test('there is a usable key while at least one has not expired', () => {
    expect(feature.service.keys.any()).toBe(false);
    make({ expires_at: core.clock.now() + 10 });
    expect(feature.service.keys.any()).toBe(true);
    core.clock.advance(10);
    expect(feature.service.keys.any()).toBe(false);
  });

  // Would catch: a use that is told after its key is gone, which would end the host in the middle of a timer.
  test('a key that is revoked right after its use is no news any more', () => {
    const { key, id } = make();
    feature.authenticator.authenticateToken(key, from);
    feature.service.keys.remove(id);
    const { length } = core.events.list(0, 1000);
    core.clock.advance(60_000);
    expect(core.events.list(0, 1000)).toHaveLength(length);
  });

  test('the last use is stored when the host stops, and a list shows it at once', () => {
    const used = make();
    const listed = make();
    core.clock.advance(5);
    feature.service.keys.principalOf(used.key);
    feature.service.keys.principalOf(listed.key);
    const { items } = feature.service.keys.list({ limit: 10, count: false });
    expect(items.map((key) => key.last_used_at !== null)).toEqual([true, true]);
    core.clock.advance(1000);
    feature.service.keys.principalOf(used.key);
    for (const part of feature.parts) part.stop();
    const again = open()
      .service.keys.list({ limit: 10, count: false })
      .items.find(({ id }) => id === used.id);
    expect(again?.last_used_at).toBe('2026-01-01T00:00:01.005Z');
  });
});

describe('live connections', () => {
  const principal = (id: string): Principal => ({
    kind: 'key',
    id,
    name: id,
    scope: 'run',
    areas: ['models'],
    rateMultiplier: 1,
  });
  function connect(id: string, revoke: () => void = () => undefined) {
    return feature.registry.add({
      kind: 'websocket',
      origin: null,
      principal: () => principal(id),
      rttMs: () => null,
      revoke,
    });
  }

  test('are announced once when they open and once when they close, however often they are removed', () => {
    const remove = connect('a');
    expect(feature.registry.countOf('a')).toBe(1);
    remove();
    remove();
    expect(feature.registry.countOf('a')).toBe(0);
    expect(core.events.list(0, 10).map(({ type }) => type)).toEqual(['connection.created', 'connection.deleted']);
  });

  // Catches a list that takes an order and answers in the one in which the connections came.
  test('are listed in the order that is asked for, the oldest first without one', () => {
    for (const id of ['key 10', 'key 9', 'key 2']) connect(id);
    const names = (sort?: string) => feature.registry.list(sort).map(({ name }) => name);
    expect(names('name')).toEqual(['key 2', 'key 9', 'key 10']);
    expect(names('-name')).toEqual(['key 10', 'key 9', 'key 2']);
    expect(names()).toEqual(['key 10', 'key 9', 'key 2']);
    expect(() => names('colour')).toThrow(expect.objectContaining({ slug: 'validation-error' }));
  });
});
