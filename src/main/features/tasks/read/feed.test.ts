import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endWith, openStore, type StoreHarness } from '../../../../../tests/support/task-store.ts';
import { thrownBy } from '../../../../../tests/support/tasks.ts';
import { createTimeSlicer } from '../../../core/scheduling/time-slicer.ts';
import { createFeed, type Feed, type FeedItem } from './feed.ts';

let harness: StoreHarness;
let feed: Feed;
const timeSlicer = createTimeSlicer();
const never = new AbortController().signal;

beforeEach(() => {
  harness = openStore();
  const { events, clock } = harness.core;
  feed = createFeed({ events, store: harness.store, clock, timeSlicer });
});
afterEach(() => {
  feed.dispose();
  harness[Symbol.dispose]();
});

/** A task that runs. */
function running(): { id: string; token: string } {
  const id = harness.add();
  const claimed = harness.claim();
  return { id, token: claimed?.attempt_token ?? '' };
}

const progress = (token: string, percent: number) =>
  harness.store.appendDetails(token, { steps: [], progress: { percent, message: null } });

async function collect(items: AsyncIterable<FeedItem>): Promise<FeedItem[]> {
  const all: FeedItem[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function next(items: AsyncGenerator<FeedItem, void>): Promise<FeedItem> {
  const { value } = await items.next();
  if (!value) throw new Error('the feed has ended');
  return value;
}

const types = (items: readonly FeedItem[]) => items.map((item) => item.type);
const seqOf = (item: FeedItem) => ('seq' in item ? item.seq : 0);

/** What the event table says, as a follower should get it. */
function inTable(id: string): number[] {
  const shown = ['task.created', 'task.updated', 'task.step', 'task.progress', 'task.artifact', 'task.ended'];
  return harness.core.events
    .listOf(id, 0, 100_000)
    .filter((change) => shown.includes(change.type))
    .map((change) => change.seq);
}

describe('a follower', () => {
  // Would catch: the end of a task that a follower never hears of, because it looks between the commit and the delivery of its changes.
  test('that asks for more right after the commit of the end, before it was delivered, gets the end', async () => {
    const { id, token } = running();
    const following = feed.follow(id, undefined, never);
    expect(types([await next(following), await next(following)])).toEqual(['status', 'status']);
    harness.store.finish(token, endWith());
    const rest = await collect(following);
    expect(types(rest)).toEqual(['status', 'end']);
  });

  test('gets the end also when it joins between the commit and the delivery', async () => {
    const { id, token } = running();
    const seen = harness.core.events.head();
    harness.store.finish(token, endWith());
    expect(types(await collect(feed.follow(id, seen, never)))).toEqual(['status', 'end']);
  });

  // Would catch: an event left out or sent twice where memory and the table meet, or where a follower has fallen behind what memory holds.
  test('however slow, from wherever it begins, gets every event once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(900), { maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (bursts, reads, begin) => {
          const { id, token } = running();
          const since = begin < 0.3 ? undefined : inTable(id)[Math.floor(begin * 2)];
          const following = feed.follow(id, since, never);
          const got: number[] = [];
          let there = inTable(id).filter((seq) => seq > (since ?? 0)).length;
          for (const [i, burst] of bursts.entries()) {
            harness.store.batch(() => {
              for (let n = 0; n < burst; n++) progress(token, n % 100);
            });
            there += burst;
            for (let n = reads[i] ?? 0; n > 0 && got.length < there; n--) got.push(seqOf(await next(following)));
          }
          harness.store.finish(token, endWith());
          got.push(...(await collect(following)).map(seqOf));
          expect(got).toEqual(inTable(id).filter((seq) => seq > (since ?? 0)));
        },
      ),
      {
        numRuns: 25,
        // Memory is cut to its last 512 changes after 1 024: followers around the place where it begins.
        examples: [507, 508, 509, 510, 511, 512, 513].map((n) => [[1, n, 700], [3, n, 1], 0]),
      },
    );
  }, 60_000);

  test('that is aborted while it waits, or while it reads, ends at once and leaves nothing behind', async () => {
    const { id, token } = running();
    const waiting = new AbortController();
    const following = collect(feed.follow(id, harness.core.events.head(), waiting.signal));
    await timeSlicer.next();
    waiting.abort();
    expect(await following).toEqual([]);
    const reading = new AbortController();
    const items = feed.follow(id, undefined, reading.signal);
    await next(items);
    reading.abort();
    expect(await collect(items)).toEqual([]);
    expect(await collect(feed.follow(id, undefined, AbortSignal.abort()))).toEqual([]);
    // A later follower begins with a tail of its own.
    harness.store.finish(token, endWith());
    expect(types(await collect(feed.follow(id, undefined, never)))).toEqual(['status', 'status', 'status', 'end']);
  });

  test('of one task hears nothing of another one', async () => {
    const [first, second] = [running(), running()];
    const one = collect(feed.follow(first.id, undefined, never));
    progress(second.token, 50);
    harness.store.finish(second.token, endWith());
    progress(first.token, 10);
    harness.store.finish(first.token, endWith());
    expect((await one).map(seqOf)).toEqual(inTable(first.id));
  });

  test('that is on its way gets the end although the task is deleted; no follower can begin after that', async () => {
    const id = harness.add();
    harness.store.cancelIdle(id);
    const following = feed.follow(id, undefined, never);
    await next(following);
    harness.store.deleteFinished(id);
    expect(types(await collect(following))).toEqual(['status', 'end']);
    expect((await thrownBy(() => collect(feed.follow(id, undefined, never)))).slug).toBe('not-found');
  });

  test('an attempt that is tried again does not end it', async () => {
    const { id, token } = running();
    const following = collect(feed.follow(id, undefined, never));
    const due = { dueAt: harness.core.clock.now(), rank: 0 };
    harness.store.finish(token, endWith({ name: 'retry', attemptStatus: 'failed', next: due }));
    harness.store.promote();
    const again = harness.claim();
    harness.store.finish(again?.attempt_token ?? '', endWith());
    const items = await following;
    expect(types(items)).toEqual(['status', 'status', 'status', 'status', 'status', 'status', 'end']);
    expect(items.map((item) => ('data' in item ? (item.data as { status?: string }).status : null))).toEqual([
      'queued',
      'running',
      'retrying',
      'queued',
      'running',
      'succeeded',
      'succeeded',
    ]);
  });
});

describe('history that is gone', () => {
  // Would catch: a client that resumes and believes that it has seen everything, although what it missed was pruned.
  test.each([
    ['some of the events after the number', 2],
    ['every event of every task', Number.POSITIVE_INFINITY],
  ])('refuses to resume: %s', async (_, pruned) => {
    const { id, token } = running();
    for (let n = 0; n < 5; n++) progress(token, n);
    const since = inTable(id)[0] ?? 0;
    harness.core.events.prune(harness.core.clock.now() + 1, 0, Math.min(pruned, 10_000));
    const left = inTable(id);
    const refused = await thrownBy(() => collect(feed.follow(id, since - 1, never)));
    expect(refused).toMatchObject({ slug: 'cursor-expired', status: 410 });
    expect(refused.extra).toEqual({ oldest: left[0] ?? harness.core.events.head() + 1 });
    // With the number it is told, and without any, it goes on.
    for (const from of [Number(refused.extra.oldest) - 1, undefined]) {
      const controller = new AbortController();
      const items = feed.follow(id, from, controller.signal);
      progress(token, 99);
      expect(seqOf(await next(items))).toBe(inTable(id)[0]);
      controller.abort();
      await items.return();
    }
  });

  test('of others does not matter while all of its own is kept', async () => {
    for (let n = 0; n < 3; n++) harness.core.events.append({ type: 'host.warning', entity: 'host', id: 'x' });
    const { id, token } = running();
    harness.core.events.prune(harness.core.clock.now() + 1, 0, 3);
    harness.store.finish(token, endWith());
    expect((await collect(feed.follow(id, 0, never))).map(seqOf)).toEqual(inTable(id));
  });

  test('of a task that has ended leaves its end to those that begin at the start, once', async () => {
    const { id, token } = running();
    harness.store.finish(token, endWith());
    harness.core.events.prune(harness.core.clock.now() + 1, 0, 10_000);
    expect(await collect(feed.follow(id, undefined, never))).toMatchObject([
      { type: 'end', data: { status: 'succeeded' }, at: '2026-01-01T00:00:00.000Z' },
    ]);
    expect(await collect(feed.follow(id, harness.core.events.head(), never))).toEqual([]);
  });
});

describe('waiting for the end', () => {
  test('of many tasks at once ends with each of them, also of one that is over or gone', async () => {
    const tasks = Array.from({ length: 50 }, running);
    const ended: string[] = [];
    const waits = tasks.map(({ id }) => feed.end(id, never).then(() => ended.push(id)));
    const order = [...tasks].reverse();
    for (const { token } of order) {
      harness.store.finish(token, endWith());
      await timeSlicer.next();
    }
    await Promise.all(waits);
    expect(ended).toHaveLength(50);
    await feed.end(tasks[0]?.id ?? '', never);
    await feed.end('tsk_00000000000000000000000000', never);
  });

  test('is given up with the caller, and the others go on waiting', async () => {
    const { id, token } = running();
    const controller = new AbortController();
    const [left, stays] = [feed.end(id, controller.signal), feed.end(id, never)];
    controller.abort();
    expect((await thrownBy(() => left)).slug).toBe('cancelled');
    harness.store.finish(token, endWith());
    await stays;
    expect((await thrownBy(() => feed.end(running().id, AbortSignal.abort()))).slug).toBe('cancelled');
  });
});
