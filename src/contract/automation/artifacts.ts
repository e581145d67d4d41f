/** Files that tasks leave. */
import { z } from 'zod';
import { call, file } from '../kernel/define.ts';
import type { EntityRecord } from '../kernel/entity.ts';
import { ArtifactId, TaskId, Timestamp } from '../kernel/scalars.ts';

/** One file that a task left. */
export const Artifact = z.object({
  id: ArtifactId,
  task_id: TaskId,
  attempt: z.int(),
  kind: z.enum(['screenshot', 'trace', 'video', 'har', 'download', 'report', 'output']),
  name: z.string(),
  mime: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  /** True when it is no text and a secret of the task was found in its bytes: it was kept as it is. */
  has_secret: z.boolean(),
  /** Address with a one-time ticket, valid until `expires_at`. */
  url: z.string(),
  expires_at: Timestamp,
  /** Address that shows it, on the content origin, good for an hour at least; null while that origin is closed. */
  view_url: z.string().nullable(),
  created_at: Timestamp,
});
export type Artifact = z.infer<typeof Artifact>;

/** Record of artifacts; they are announced as events of their task. */
export const artifactRecord = {
  area: 'automation',
  id: ArtifactId,
} as const satisfies EntityRecord;

const common = { area: 'automation', tags: ['artifacts'] } as const;

export const artifactOperations = {
  artifacts_list: call(z.strictObject({ id: TaskId }), z.object({ items: z.array(Artifact) }), {
    ...common,
    row: 'B33',
    summary: 'Artifacts of a task',
    scope: 'read',
    http: { method: 'GET', path: '/v1/tasks/{id}/artifacts' },
  }),
  artifacts_get: call(z.strictObject({ id: ArtifactId }), Artifact, {
    ...common,
    row: 'B33',
    summary: 'One artifact with a fresh address',
    scope: 'read',
    http: { method: 'GET', path: '/v1/artifacts/{id}' },
  }),
  artifacts_content: file(z.strictObject({ id: ArtifactId }), {
    ...common,
    row: 'B34',
    summary: 'The bytes of an artifact (HTTP), or an address for them (frame doors)',
    scope: 'read',
    http: { method: 'GET', path: '/v1/artifacts/{id}/content' },
  }),
};
