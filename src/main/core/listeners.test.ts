import { expect, test } from 'vitest';
import { openTestCore } from '../../../tests/support/core.ts';
import { createFaults } from './faults.ts';
import { createListeners } from './listeners.ts';

test('a listener of the event bus that throws skips no other listener and ends nothing', async () => {
  using core = openTestCore();
  const heard: string[] = [];
  core.events.subscribe(() => {
    throw new Error('first');
  });
  core.events.subscribe((changes) => heard.push(...changes.map((change) => change.type)));
  core.events.append({ type: 'job.created', entity: 'job', id: '1' });
  // An error that leaves the microtask would be an uncaught exception, which fails the run of the tests.
  await new Promise(setImmediate);
  expect(heard).toEqual(['job.created']);
  core.events.append({ type: 'job.updated', entity: 'job', id: '1' });
  await new Promise(setImmediate);
  expect(heard).toEqual(['job.created', 'job.updated']);
  expect(core.faults.count()).toBe(2);
});

test('a listener of the settings that throws fails neither the change nor the other listeners', () => {
  using core = openTestCore();
  const heard: string[] = [];
  core.settings.onChange(() => {
    throw new Error('first');
  });
  core.settings.onChange((keys) => heard.push(...keys));
  core.settings.update({ 'executor.max_running': 8 });
  expect(heard).toEqual(['executor.max_running']);
  expect(core.faults.count()).toBe(1);
});

test('faults before the log is open are logged when it opens', () => {
  const faults = createFaults();
  const lines: string[] = [];
  const log = { error: (source: string, message: string) => void lines.push(`${source}: ${message}`) };
  faults.report('events', new Error('early'));
  faults.logTo(log, (text) => text);
  faults.report('settings', new Error('late'));
  expect(lines).toEqual(['events: a callback failed', 'settings: a callback failed']);
});

test('a listener that is added twice and removed once is called once', () => {
  const listeners = createListeners<[number]>(() => undefined);
  const heard: number[] = [];
  const listener = (n: number) => void heard.push(n);
  const remove = listeners.add(listener);
  listeners.add(listener);
  remove();
  remove();
  listeners.notify(1);
  expect(heard).toEqual([1]);
});

// Would catch: a commit that looks as if it had failed, after which its caller does the work a second time.
test('a callback after the commit that throws fails neither the transaction nor the other callbacks', () => {
  using core = openTestCore();
  const heard: string[] = [];
  const written = core.db.transaction(() => {
    core.db.afterCommit(() => {
      throw new Error('first');
    });
    core.db.afterCommit(() => void heard.push('second'));
    return 'written';
  });
  expect([written, ...heard]).toEqual(['written', 'second']);
  core.db.afterCommit(() => {
    throw new Error('outside of a transaction');
  });
  expect(core.faults.count()).toBe(2);
});

test('callbacks of a savepoint that was rolled back are dropped, those around it are called in order', () => {
  using core = openTestCore();
  const heard: number[] = [];
  core.db.transaction(() => {
    core.db.afterCommit(() => void heard.push(1));
    expect(() =>
      core.db.transaction(() => {
        core.db.afterCommit(() => void heard.push(2));
        throw new Error('undo');
      }),
    ).toThrow('undo');
    core.db.transaction(() => core.db.afterCommit(() => void heard.push(3)));
    expect(heard).toEqual([]);
  });
  expect(heard).toEqual([1, 3]);
});
