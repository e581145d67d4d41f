import path from 'node:path';
import { expect, test } from 'vitest';
import { openTestCore, type TestCore } from '../../../../tests/support/core.ts';
import { asked, openJobs, stepsKind } from '../../../../tests/support/jobs.ts';
import type { Principal } from '../../core/operation/operation.ts';
import { createChangeService } from './changes.ts';

const reader = (areas: Principal['areas']): Principal => ({
  kind: 'key',
  id: 'key_1',
  name: 'k',
  scope: 'read',
  areas,
  rateMultiplier: 1,
});
const all = reader(['models', 'automation', 'host', 'any']);

function fill(core: TestCore, count: number): void {
  for (let n = 0; n < count; n++) core.events.append({ type: 'task.updated', entity: 'task', id: `t${n}` });
}

test('a client whose history is gone is told so, also when all of it is: silence would be a missed change', () => {
  using core = openTestCore();
  const changes = createChangeService(core.events);
  fill(core, 5);
  core.clock.advance(1000);
  expect(changes.list({ since: 0, limit: 10 }, all).items).toHaveLength(5);
  core.events.prune(core.clock.now(), 1000, 3);
  expect(() => changes.list({ since: 1, limit: 10 }, all)).toThrow(
    expect.objectContaining({ slug: 'cursor-expired', extra: { oldest: 4 } }),
  );
  expect(changes.list({ since: 3, limit: 10 }, all).items).toHaveLength(2);
  core.events.prune(core.clock.now(), 1000, 100);
  expect(() => changes.list({ since: 3, limit: 10 }, all)).toThrow(expect.objectContaining({ extra: { oldest: 6 } }));
  expect(changes.list({ since: 5, limit: 10 }, all).items).toEqual([]);
});

test('a key sees the changes of its areas only', () => {
  using core = openTestCore();
  const changes = createChangeService(core.events);
  core.events.append({ type: 'task.created', entity: 'task', id: 't' });
  core.events.append({ type: 'settings.updated', entity: 'settings', id: 'settings' });
  expect(changes.list({ since: 0, limit: 10 }, reader(['models'])).items).toEqual([]);
  expect(changes.list({ since: 0, limit: 10 }, reader(['automation'])).items.map((c) => c.entity)).toEqual(['task']);
  expect(changes.list({ since: 0, limit: 10 }, all).items).toHaveLength(2);
});

// Would catch: a caller of one area that learns of the backups and exports of another.
test('the changes of a job are those of the area of the operation that started it', async () => {
  using core = openTestCore();
  const changes = createChangeService(core.events);
  const host = openJobs(core);
  const steps = host.service.register(stepsKind(path.join(core.dir, 'steps.txt'), () => undefined));
  const { done } = steps.start({ ...asked, area: 'host', input: { steps: 1 } });
  await done;
  // From a version that named no area.
  core.events.append({ type: 'job.updated', entity: 'job', id: 'job_old' });
  const seenBy = (areas: Principal['areas']) => changes.list({ since: 0, limit: 100 }, reader(areas)).items;
  expect(seenBy(['automation', 'models'])).toEqual([]);
  expect(new Set(seenBy(['host']).map(({ type }) => type))).toEqual(new Set(['job.created', 'job.updated']));
  expect(seenBy(['host']).map(({ id }) => id)).not.toContain('job_old');
});

// Would catch: a follower that waits in silence for numbers which a restored database reaches much later, if ever.
test('a number that the history has not reached is of another one: it has expired', async () => {
  using core = openTestCore();
  const changes = createChangeService(core.events);
  fill(core, 3);
  const expired = expect.objectContaining({ slug: 'cursor-expired', extra: { oldest: 1 } });
  expect(() => changes.list({ since: 4, limit: 10 }, all)).toThrow(expired);
  const { signal } = new AbortController();
  await expect(changes.follow({ since: 4 }, all, signal).next()).rejects.toEqual(expired);
  expect(changes.list({ since: 3, limit: 10 }, all).items).toEqual([]);
});

test('following starts with hello, resumes without a gap or a double, and filters by type', async () => {
  using core = openTestCore();
  const changes = createChangeService(core.events);
  fill(core, 3);
  const abort = new AbortController();
  const seen: unknown[] = [];
  for await (const item of changes.follow({ since: 1, types: 'task.*' }, all, abort.signal)) {
    seen.push(item.type === 'hello' ? 'hello' : (item as { seq: number }).seq);
    if (seen.length === 3) {
      core.events.append({ type: 'profile.updated', entity: 'profile', id: 'p' });
      core.events.append({ type: 'task.updated', entity: 'task', id: 't' });
    }
    if (seen.length === 4) abort.abort();
  }
  expect(seen).toEqual(['hello', 2, 3, 5]);
});

test('an entity that is not in the registry is visible to no caller, whatever its scope', () => {
  using core = openTestCore();
  const changes = createChangeService(core.events);
  for (const name of ['spaceship', 'constructor'])
    core.db.raw
      .prepare('INSERT INTO event (at, type, entity, entity_id) VALUES (1, ?, ?, ?)')
      .run(`${name}.created`, name, 'x');
  expect(changes.list({ since: 0, limit: 10 }, reader(['models', 'automation', 'host', 'any'])).items).toEqual([]);
});

test('only a registered entity can be announced, and only under its own name', () => {
  using core = openTestCore();
  // @ts-expect-error no such entity
  core.events.append({ type: 'spaceship.created', entity: 'spaceship', id: 'x' });
  // @ts-expect-error the type belongs to another entity
  core.events.append({ type: 'task.created', entity: 'profile', id: 'x' });
});

// Would catch: a reader of the whole history who wants nothing of it, for whom the host reads a million changes in one go; and a list of wanted ids
// that is gone through for each of them.
test('a long history of which nothing is wanted is read in turns with others', async () => {
  using core = openTestCore();
  const changes = createChangeService(core.events);
  core.db.transaction(() => fill(core, 50_000));
  core.events.append({ type: 'task.deleted', entity: 'task', id: 'wanted' });
  const ids = Array.from({ length: 20_000 }, (_, n) => `other${n}`);
  const stream = changes.follow(
    { since: 0, types: ['task.deleted', 'proxy.*'], ids: [...ids, 'wanted'] },
    all,
    new AbortController().signal,
  );
  await stream.next();
  let turns = 0;
  let over = false;
  const count = () => {
    turns += 1;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  expect((await stream.next()).value).toMatchObject({ type: 'task.deleted', id: 'wanted' });
  over = true;
  expect(turns).toBeGreaterThan(90);
  await stream.return(undefined);
});

// Would catch: changes that are kept for each reader who does not read.
test('of a hundred thousand changes readers that stand still are told a batch, and how many they have missed', async () => {
  using core = openTestCore();
  const changes = createChangeService(core.events);
  const readers = Array.from({ length: 20 }, () => changes.follow({}, all, new AbortController().signal));
  for (const one of readers) await one.next();
  const first = readers.map((one) => one.next());
  fill(core, 1);
  await Promise.all(first);
  for (let n = 0; n < 100; n++) core.db.transaction(() => fill(core, 1000));
  for (const one of readers) {
    let held = 0;
    let { value } = await one.next();
    while (value?.type !== 'gap') {
      held += 1;
      ({ value } = await one.next());
    }
    expect(held).toBeLessThanOrEqual(500);
    expect(value).toMatchObject({ dropped: expect.any(Number) });
    expect((value as { dropped: number }).dropped).toBeGreaterThan(99_000 - 500);
    await one.return(undefined);
  }
});
