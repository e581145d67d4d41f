import { expect, test } from 'vitest';
import { sharedWork } from './shared-work.ts';

function subject() {
  const runs: { signal: AbortSignal; resolve: (value: string) => void; reject: (error: Error) => void }[] = [];
  const ask = sharedWork((signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    runs.push({ signal, resolve, reject });
    return promise;
  });
  return { runs, ask };
}
const waits = () => new AbortController();

// Catches a diagnosis for every caller: twenty-five at once took gigabytes.
test('who asks while it runs gets the same answer; later ones get a new one', async () => {
  const { runs, ask } = subject();
  const both = [ask(waits().signal), ask(waits().signal)];
  runs[0]?.resolve('one');
  expect(await Promise.all(both)).toEqual(['one', 'one']);
  const later = ask(waits().signal);
  runs[1]?.reject(new Error('broken'));
  await expect(later).rejects.toThrow('broken');
  expect(runs.length).toBe(2);
});

test('one that gives up leaves the others waiting; the last one ends the work', async () => {
  const { runs, ask } = subject();
  const [first, second] = [waits(), waits()];
  const left = ask(first.signal);
  const stays = ask(second.signal);
  first.abort();
  await expect(left).rejects.toMatchObject({ slug: 'cancelled' });
  expect(runs[0]?.signal.aborted).toBe(false);
  second.abort();
  await expect(stays).rejects.toMatchObject({ slug: 'cancelled' });
  expect(runs[0]?.signal.aborted).toBe(true);
  // Who comes after that does not join what is being ended.
  const next = ask(waits().signal);
  runs[1]?.resolve('two');
  expect(await next).toBe('two');
});
