/** Tells the event table that the queue looks different, at most twice a second. */
import type { TaskDeps } from '../deps.ts';
import type { TaskStore } from '../store/store.ts';

const EVERY_MS = 500;

/**
 * Appends `queue.updated` after changes of tasks or of the queue's settings.
 * @returns stops it
 */
export function announceQueue({ events, settings, clock, log }: TaskDeps, store: TaskStore): () => void {
  let cancel: (() => void) | null = null;
  let announcedAt = Number.NEGATIVE_INFINITY;

  function announce(): void {
    cancel = null;
    announcedAt = clock.monotonic();
    const { queued, running, retrying, scheduled } = store.counts();
    try {
      events.append({
        type: 'queue.updated',
        entity: 'queue',
        id: 'queue',
        data: { queued, running, retrying, scheduled, paused: settings.get('executor.paused') },
      });
    } catch (error) {
      log.error('tasks', 'the change of the queue could not be announced', { error });
    }
  }

  const plan = () => {
    cancel ??= clock.schedule(announce, Math.max(0, announcedAt + EVERY_MS - clock.monotonic()));
  };
  const moving = new Set(['task.created', 'task.updated', 'task.deleted']);
  const stops = [
    events.subscribe((changes) => {
      if (changes.some((change) => moving.has(change.type))) plan();
    }),
    settings.onChange((keys) => {
      if (keys.some((key) => key.startsWith('executor.'))) plan();
    }),
  ];
  return () => {
    cancel?.();
    for (const stop of stops) stop();
  };
}
