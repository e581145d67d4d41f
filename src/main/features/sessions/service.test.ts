/** Rules of sessions: who sees which, what a change may be made to, what is deleted with what. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import type { SessionId } from '../../../contract/models/sessions.ts';
import type { GenerationParams } from '../../../contract/models/settings.ts';
import type { Principal } from '../../core/operation/operation.ts';
import { OPERATOR } from '../../core/operation/operator.ts';
import { createSessionService } from './service.ts';
import { createSessionStore } from './store.ts';

const ANYBODY: Principal = { ...OPERATOR, kind: 'anonymous', id: 'anonymous' };
let core: TestCore;
let service: ReturnType<typeof createSessionService>;
let params: Map<string, GenerationParams>;
beforeEach(() => {
  core = openTestCore();
  params = new Map();
  service = createSessionService({
    ...core,
    store: createSessionStore(core.db, core.events),
    params: {
      get: (session) => params.get(session) ?? {},
      set: (session, patch) => params.set(session, { ...params.get(session), ...patch } as GenerationParams),
      remove: (session) => void params.delete(session),
    },
  });
});
afterEach(() => core[Symbol.dispose]());

const id = (name: string) => name as SessionId;
const GIVEN = { title: '', model: null, tags: [], system_prompt: '', tools: [], response_schema: null, params: {} };
const make = (name: string, more: object = {}) => service.create({ ...GIVEN, id: id(name), ...more });
const say = (session: string, content: string, principal = OPERATOR) => {
  const message = { role: 'user' as const, content };
  return service.saveMessage({ session_id: id(session), message }, principal);
};
const history = (session: string, more: object = {}, principal = OPERATOR) =>
  service.history({ session_id: id(session), limit: 10, ...more }, principal);

test('a session is made once, with its parameters, and is changed in the version that was seen', () => {
  expect(make('s', { title: 'Hello', params: { temperature: 0.5 } })).toMatchObject({
    ...{ id: 's', title: 'Hello', version: 1, params: { temperature: 0.5 } },
  });
  expect(() => make('s')).toThrow(expect.objectContaining({ slug: 'conflict' }));
  expect(service.update(id('s'), { title: 'Other' }, { body: 1, ifMatch: undefined })).toMatchObject({ version: 2 });
  const stale = () => service.update(id('s'), { title: 'Late' }, { body: 1, ifMatch: undefined });
  expect(stale).toThrow(expect.objectContaining({ slug: 'version-conflict' }));
  expect(service.get(id('s')).title).toBe('Other');
});

// Catches parameters that were stored although the session was refused.
test('what is refused changes nothing', () => {
  make('s', { params: { temperature: 1 } });
  expect(() => make('s', { params: { temperature: 0 } })).toThrow();
  expect(() => service.update(id('s'), { params: { temperature: 0 } }, { body: 9, ifMatch: undefined })).toThrow();
  expect(params.get('s')).toEqual({ temperature: 1 });
});

describe('messages', () => {
  test('make the session when there is none, and give it a title', () => {
    say('new', 'First line\nsecond');
    expect(service.get(id('new'))).toMatchObject({ title: 'First line', message_count: 1 });
    say('new', 'More');
    expect(service.get(id('new'))).toMatchObject({ title: 'First line', message_count: 2 });
    expect(history('new').messages.map(({ content }) => content)).toEqual(['First line\nsecond', 'More']);
  });

  test('are read page by page', () => {
    for (const text of ['a', 'b', 'c']) say('s', text);
    const first = history('s', { limit: 2 });
    expect(first).toMatchObject({ count: 2, total_count: 3 });
    const rest = history('s', { limit: 2, cursor: first.next_cursor ?? undefined });
    expect([rest.messages.map(({ content }) => content), rest.next_cursor]).toEqual([['c'], null]);
  });

  // Catches a message whose followers disappear with it.
  test('that are removed leave those behind them in their place', () => {
    const ids = ['a', 'b', 'c'].map((text) => say('s', text));
    const [, middle, end] = ids;
    if (middle === undefined || end === undefined) throw new Error('three messages are needed');
    service.removeMessage(id('s'), middle);
    expect(history('s').messages.map(({ content }) => content)).toEqual(['a', 'c']);
    service.removeMessage(id('s'), end);
    expect(history('s').messages.map(({ content }) => content)).toEqual(['a']);
    expect(service.get(id('s')).message_count).toBe(1);
    expect(() => service.removeMessage(id('s'), end)).toThrow(expect.objectContaining({ slug: 'not-found' }));
  });

  // Catches an id by which a message of another session is removed or shown.
  test('of another session are not found in this one', () => {
    const other = say('other', 'mine');
    make('s');
    expect(() => service.removeMessage(id('s'), other)).toThrow(expect.objectContaining({ slug: 'not-found' }));
    expect(() => service.choose(id('s'), other)).toThrow(expect.objectContaining({ slug: 'not-found' }));
    expect(history('other').count).toBe(1);
  });
});

describe('callers without a key', () => {
  // Catches a conversation of the operator that any program of the machine reads by guessing its name.
  test('see and write only what such callers have made', () => {
    say('private', 'secret');
    say('open', 'hello', ANYBODY);
    const refused = expect.objectContaining({ slug: 'session-not-found' });
    expect(() => history('private', {}, ANYBODY)).toThrow(refused);
    expect(() => say('private', 'and mine', ANYBODY)).toThrow(refused);
    expect(history('open', {}, ANYBODY).count).toBe(1);
    expect(history('open').count).toBe(1);
    expect(() => history('missing', {}, ANYBODY)).toThrow(refused);
  });
});

describe('a session that is deleted', () => {
  test('is not found, and is as it was when it is taken back', () => {
    say('s', 'hello');
    service.remove(id('s'));
    expect(() => service.get(id('s'))).toThrow(expect.objectContaining({ slug: 'not-found' }));
    expect(service.search('hello', 10).items).toEqual([]);
    expect(service.restore(id('s'))).toMatchObject({ message_count: 1 });
    expect(service.search('hello', 10).items).toHaveLength(1);
    expect(() => service.restore(id('s'))).toThrow(expect.objectContaining({ slug: 'not-found' }));
  });

  // Catches a caller that may not delete anything, or has no key at all, and destroys what could be restored by writing in its place.
  test('keeps its name until it is gone for good, whoever wants it and by whatever way', () => {
    say('s', 'old');
    params.set('s', { temperature: 1 });
    service.remove(id('s'));
    const asked = {
      sessionId: 's',
      model: 'm',
      messages: [{ role: 'user' as const, content: 'new' }],
      continued: false,
    };
    const slugs = [
      ['conflict', OPERATOR],
      ['session-not-found', ANYBODY],
    ] as const;
    for (const [slug, principal] of slugs) {
      expect(() => say('s', 'new', principal)).toThrow(expect.objectContaining({ slug }));
      expect(() => service.conversations.begin({ ...asked, principal })).toThrow(expect.objectContaining({ slug }));
    }
    expect(() => make('s')).toThrow(expect.objectContaining({ slug: 'conflict' }));
    service.restore(id('s'));
    expect(history('s').messages.map(({ content }) => content)).toEqual(['old']);
    expect(params.get('s')).toEqual({ temperature: 1 });
  });

  test('goes for good after a time, with its messages and parameters', () => {
    say('s', 'hello');
    say('kept', 'hello');
    params.set('s', { temperature: 1 });
    service.remove(id('s'));
    service.purge(core.clock.now());
    expect(service.restore(id('s')).id).toBe('s');
    service.remove(id('s'));
    service.purge(core.clock.now() + 1);
    expect(() => service.restore(id('s'))).toThrow(expect.objectContaining({ slug: 'not-found' }));
    expect(params.has('s')).toBe(false);
    const count = core.db.raw.prepare('SELECT count(*) AS n FROM message').get() as { n: number };
    expect(count.n).toBe(1);
  });
});

test('texts are found by the beginnings of their last word, and quotes end no search', () => {
  say('s', 'The browser opens a "window"');
  say('t', 'Nothing here');
  const found = (q: string) => service.search(q, 10).items.map(({ session_id }) => session_id);
  expect(found('brow')).toEqual(['s']);
  expect(found('window opens')).toEqual(['s']);
  expect(found('"')).toEqual([]);
  expect(found('browser OR here')).toEqual([]);
});

// Would catch: a zero that ends the query within a quoted word, which is an internal error of the host.
test('a search with zeros in it is one for the words around them', () => {
  say('s', 'The browser opens a window');
  const found = (q: string) => service.search(q, 10).items.map(({ session_id }) => session_id);
  expect(found('opens\0brow')).toEqual(['s']);
  expect(found('\0')).toEqual([]);
});
