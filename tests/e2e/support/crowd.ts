/** Large numbers of things, for specs that measure what they cost. */
import type { Api } from './api.ts';

/** Calls at once. */
const ABREAST = 50;

async function times(count: number, make: (n: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += ABREAST)
    await Promise.all(Array.from({ length: Math.min(ABREAST, count - from) }, (_, n) => make(from + n + 1)));
}

/** Profiles by number; their groups, tags and colours vary. */
export const manyProfiles = (api: Api, count: number): Promise<void> =>
  times(count, (n) =>
    api.call('profiles_create', {
      name: `Profile ${n}`,
      group: `Group ${n % 20}`,
      tags: n % 2 === 0 ? ['even'] : ['odd', `tag ${n % 7}`],
      color: n % 3 === 0 ? '#4f7cff' : '#12a594',
    }),
  );

/** Tasks by number; they wait while the queue is paused. */
export const manyTasks = (api: Api, count: number): Promise<void> =>
  times(count, (n) => api.task({ name: `Task ${n}`, spec: { kind: 'process', argv: ['{{host.node}}', '--version'] } }));
