import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { createConnections } from './index.ts';

let core: TestCore;
let feature: ReturnType<typeof createConnections>;
const open = () => createConnections({ ...core, panelUrl: () => 'http://127.0.0.1:1/panel/' });
const from = { remote: '127.0.0.1', safe: false };

beforeEach(() => {
  core = openTestCore();
  feature = open();
});
afterEach(() => core[Symbol.dispose]());

describe('panel sessions', () => {
  const HOME = 'http://127.0.0.1:8080';
  const signIn = () => feature.service.sessions.login(feature.service.sessions.issueLink().ticket, HOME).token;
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
    feature.service.sessions.login(ticket, HOME);
    expect(() => feature.service.sessions.login(ticket, HOME)).toThrow('used or has expired');
    const late = feature.service.sessions.issueLink().ticket;
    core.clock.advance(600_000);
    expect(() => feature.service.sessions.login(late, HOME)).toThrow('used or has expired');
  });
});

describe('a session token', () => {
  const HOME = 'http://127.0.0.1:8080';
  const signIn = () => feature.service.sessions.login(feature.service.sessions.issueLink().ticket, HOME);
  const ask = (more: Partial<Parameters<typeof feature.authenticator.authenticate>[0]>) =>
    feature.authenticator.authenticate({ ...from, origin: HOME, ...more });

  test('is kept as a hash, and ends with the session it belongs to and no other', () => {
    const [one, two] = [signIn(), signIn()];
    expect(one.token).toMatch(/^tas_[\w-]{12}_[\w-]{43}$/);
    const stored = JSON.stringify(core.db.raw.prepare('SELECT * FROM panel_session').all());
    expect(stored).not.toContain(one.token.slice(17));
    expect(ask({ authorization: `Bearer ${one.token}` }).id).toBe(one.principal.id);
    feature.service.sessions.end(one.principal.id);
    expect(() => ask({ authorization: `Bearer ${one.token}` })).toThrow('unknown');
    expect(ask({ authorization: `Bearer ${two.token}` }).id).toBe(two.principal.id);
  });

  // Catches a session that any page which got hold of its token can use: another port of this machine, another site.
  test.each<[string, Parameters<typeof ask>[0]]>([
    ['another port', { origin: 'http://127.0.0.1:9999' }],
    ['a sandboxed page', { origin: 'null' }],
    ['no origin, to change something', { origin: undefined, safe: false }],
    ['a page of the same site', { fetchSite: 'same-site' }],
    ['a page of another site', { origin: undefined, safe: true, fetchSite: 'cross-site' }],
  ])('is refused from %s', (_name, more) => {
    const { token } = signIn();
    expect(() => ask({ authorization: `Bearer ${token}`, ...more })).toThrow(/another origin|own pages only/);
  });

  test('with the id of a session and another secret is nobody', () => {
    const { token } = signIn();
    expect(() => ask({ authorization: `Bearer ${token.slice(0, 17)}${'A'.repeat(43)}` })).toThrow('unknown');
  });
});

describe('panel links and sessions at their edges', () => {
  const sessions = () => feature.service.sessions;
  const HOME = 'http://127.0.0.1:8080';

  test('links are bounded: beyond a hundred the oldest are void', () => {
    const tickets = Array.from({ length: 101 }, () => sessions().issueLink().ticket);
    expect(() => sessions().login(tickets[0] ?? '', HOME)).toThrow('used or has expired');
    expect(sessions().login(tickets[1] ?? '', HOME).token).toMatch(/^tas_/);
    expect(sessions().login(tickets[100] ?? '', HOME).token).toMatch(/^tas_/);
  });

  test('a session outlives a restart of the host, a link does not', () => {
    const { token } = sessions().login(sessions().issueLink().ticket, HOME);
    const { ticket } = sessions().issueLink();
    feature = open();
    expect(sessions().principalOf(token)?.kind).toBe('panel');
    expect(() => sessions().login(ticket, HOME)).toThrow('used or has expired');
  });

  test('signing out ends this session and its connections, no other', () => {
    const [one, two] = [0, 1].map(() => sessions().login(sessions().issueLink().ticket, HOME));
    const closed: string[] = [];
    for (const session of [one, two]) {
      const who = session?.principal;
      who?.grant?.onEnd(() => void closed.push(who.id));
    }
    sessions().end(one?.principal.id ?? '');
    expect(sessions().principalOf(one?.token ?? '')).toBeUndefined();
    expect(sessions().principalOf(two?.token ?? '')?.kind).toBe('panel');
    expect(closed).toEqual([one?.principal.id]);
    sessions().end('unknown');
  });
});
