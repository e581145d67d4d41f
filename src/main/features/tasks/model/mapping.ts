/** Rows → what the contract says. */

import type { Artifact } from '../../../../contract/automation/artifacts.ts';
import { artifactName } from '../../../../contract/automation/report/artifact-name.ts';
import { parseMediaType } from '../../../../contract/automation/report/media-type.ts';
import type { Attempt, Step, Task } from '../../../../contract/automation/tasks.ts';
import type {
  ArtifactId,
  BatchId,
  CommandId,
  Json,
  JsonObject,
  ProfileId,
  TaskId,
} from '../../../../contract/kernel/scalars.ts';
import { iso, isoOrNull } from '../../../core/clock.ts';
import { parseStored } from '../../../core/db/index.ts';
import { masked } from '../../../core/secrets/secret-refs.ts';
import type { ArtifactRow, AttemptRow, StepRow, TaskRow } from '../schema.ts';
import { priorityOf } from './lanes.ts';

// The store wrote these columns from parsed values; parsing them again for every row of every list would be waste.
const parsed = parseStored;
const parsedOrNull = <T>(text: string | null): T | null => (text === null ? null : parsed<T>(text));

/** What a task waits for, computed from the queue. */
export type Waiting = Pick<Task, 'queue_position' | 'wait_reason'>;

/** A task as every answer has it; secrets of its input are masked. */
export function toTask(row: TaskRow, waiting: Waiting): Task {
  return {
    id: row.id as TaskId,
    command_id: row.command_id as CommandId | null,
    command_version: row.command_version,
    command_name: row.command_name,
    kind: row.kind as Task['kind'],
    status: row.status as Task['status'],
    priority: priorityOf(row.priority),
    attempt: row.attempt,
    max_attempts: row.max_attempts,
    profile_id: row.profile_id as ProfileId | null,
    profile_name: parsedOrNull<{ name: string }>(row.profile)?.name ?? null,
    proxy_id: row.proxy_id,
    batch_id: row.batch_id as BatchId | null,
    schedule_id: row.schedule_id,
    retry_of: row.retry_of as TaskId | null,
    input: masked(parsed<JsonObject>(row.input)),
    output: parsedOrNull<Json>(row.output),
    error: parsedOrNull(row.error),
    progress: parsedOrNull(row.progress),
    labels: parsed(row.labels),
    timeout_seconds: row.timeout_seconds,
    ...waiting,
    run_at: row.status === 'scheduled' || row.due_at > row.created_at ? iso(row.due_at) : null,
    started_at: isoOrNull(row.started_at),
    finished_at: isoOrNull(row.finished_at),
    duration_ms: duration(row),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
    version: row.version,
  };
}

const duration = (row: { started_at: number | null; finished_at: number | null }) =>
  row.started_at === null || row.finished_at === null ? null : Math.max(0, row.finished_at - row.started_at);

/** One attempt. */
export function toAttempt(row: AttemptRow): Attempt {
  return {
    number: row.number,
    status: row.status as Attempt['status'],
    started_at: iso(row.started_at),
    finished_at: isoOrNull(row.finished_at),
    duration_ms: duration(row),
    error: parsedOrNull(row.error),
    exit_code: row.exit_code,
    log_lines: row.log_lines,
    log_bytes: row.log_bytes,
    log_dropped: row.log_dropped,
    evidence: parsedOrNull(row.evidence),
  };
}

/** One step. */
export function toStep(row: StepRow): Step {
  return {
    seq: row.seq,
    attempt: row.attempt,
    parent: row.parent,
    name: row.name,
    status: row.status as Step['status'],
    started_at: iso(row.started_at),
    finished_at: isoOrNull(row.finished_at),
    output: parsedOrNull(row.output),
    error: parsedOrNull(row.error),
    evidence: parsedOrNull(row.evidence),
  };
}

/** One artifact with an address for its bytes. */
export function toArtifact(
  row: ArtifactRow,
  address: { url: string; expiresAt: number; viewUrl: string | null },
): Artifact {
  return {
    id: row.id as ArtifactId,
    task_id: row.task_id as TaskId,
    attempt: row.attempt,
    kind: row.kind as Artifact['kind'],
    name: artifactName(row.name),
    mime: parseMediaType(row.mime),
    bytes: row.bytes,
    sha256: row.sha256,
    has_secret: row.has_secret === 1,
    url: address.url,
    expires_at: iso(address.expiresAt),
    view_url: address.viewUrl,
    created_at: iso(row.created_at),
  };
}
