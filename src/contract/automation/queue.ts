/** The queue in front of tasks. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { TaskStatus } from './tasks.ts';

/** State of the queue. */
export const Queue = z.object({
  urgent: z.int(),
  normal: z.int(),
  low: z.int(),
  batch: z.int(),
  running: z.int(),
  capacity: z.int(),
  paused: z.boolean(),
  activity: z.enum(['high', 'low', 'sleep']),
  oldest_wait_seconds: z.number(),
  blocked_reason: z.string().nullable(),
  /** Tasks by state, from a counter table. */
  counts: z.record(TaskStatus, z.int()),
});
export type Queue = z.infer<typeof Queue>;

/** Record of the queue, of which there is one. */
export const queueRecord = {
  area: 'automation',
  summaries: ['queue_stats', 'tasks_stats'],
} as const satisfies EntityRecord;

const common = { area: 'automation', tags: ['queue'] } as const;

export const queueOperations = {
  queue_stats: call(z.strictObject({}), Queue, {
    ...common,
    row: 'B42',
    summary: 'Queue state: running, waiting and why nothing starts',
    scope: 'read',
    http: { method: 'GET', path: '/v1/queue' },
  }),
  queue_update: call(
    z.strictObject({
      paused: z.boolean().optional(),
      max_running: z.int().min(1).max(64).optional(),
      activity: z.enum(['auto', 'high', 'low', 'sleep']).optional(),
    }),
    Queue,
    {
      ...common,
      row: 'B42',
      summary: 'Pause or resume the queue, change its capacity or activity',
      scope: 'manage',
      http: { method: 'PATCH', path: '/v1/queue' },
    },
  ),
};
