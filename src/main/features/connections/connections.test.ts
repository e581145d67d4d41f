import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
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
  test('with a right prefix and a wrong secret are nobody', () => {
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
    const principal = feature.authenticator.authenticateToken(key, from);
    feature.registry.add({
      kind: 'websocket',
      origin: null,
      principal: () => principal,
      rttMs: () => null,
      revoke: () => (revoked += 1),
    });
    feature.service.keys.update(id, { scopes: ['read'] }, { version: 1, status: 409 });
    expect(revoked).toBe(1);
    expect(() => feature.service.keys.update(id, { name: 'x' }, { version: 1, status: 412 })).toThrow(
      'changed it meanwhile',
    );
  });
});

describe('panel sessions', () => {
  const signIn = () => feature.service.sessions.login(feature.service.sessions.issueLink().ticket).token;
  const who = (token: string) => feature.service.sessions.principalOf(token)?.kind;

  test('end after 12 idle hours', () => {
    const token = signIn();
    core.clock.advance(12 * 3_600_000 - 1);
    expect(who(token)).toBe('panel');
    core.clock.advance(12 * 3_600_000);
    expect(who(token)).toBeUndefined();
  });

  test('end after 7 days however busy', () => {
    const token = signIn();
    for (let hour = 0; hour < 7 * 24 - 1; hour++) {
      core.clock.advance(3_600_000);
      expect(who(token)).toBe('panel');
    }
    core.clock.advance(3_600_000);
    expect(who(token)).toBeUndefined();
  });

  test('begin with a link of ten minutes that works once', () => {
    const { ticket } = feature.service.sessions.issueLink();
    feature.service.sessions.login(ticket);
    expect(() => feature.service.sessions.login(ticket)).toThrow('used or is too old');
    const late = feature.service.sessions.issueLink().ticket;
    core.clock.advance(600_000);
    expect(() => feature.service.sessions.login(late)).toThrow('used or is too old');
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
      feature.authenticator.authenticate({ apiKey: 'tax_1', origin: given, safe, remote: 'x' }).principal.kind;
    expect(as(origin, false)).toBe('extension');
    expect(as(undefined, true)).toBe('extension');
    expect(() => as(undefined, false)).toThrow('another origin');
    expect(() => as('https://evil.test', true)).toThrow('another origin');
  });

  test('never opens a non-loopback bind or a foreign address to callers without a key', () => {
    core.settings.update({ allow_unauthenticated_local: true });
    const scopeOf = (remote: string) => feature.authenticator.authenticate({ safe: true, remote }).principal.scope;
    expect(scopeOf('127.0.0.1')).toBe('run');
    expect(scopeOf('::1')).toBe('run');
    expect(scopeOf('192.168.1.5')).toBeNull();
    core.settings.update({ host: '0.0.0.0' });
    expect(scopeOf('127.0.0.1')).toBeNull();
  });
});
