/** What hangs off an attempt: steps, progress, artifacts. Every write names the attempt's token, so a late worker writes nothing. */

import type { FailureEvidence } from '../../../../contract/automation/report/evidence.ts';
import type { Step, TaskProgress } from '../../../../contract/automation/tasks.ts';
import type { Problem } from '../../../../contract/kernel/errors.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import { type Clock, iso, isoOrNull } from '../../../core/clock.ts';
import { type Db, parseStored } from '../../../core/db/index.ts';
import type { Events } from '../../../core/events.ts';
import { LIVE } from '../model/transitions.ts';
import type { ArtifactRow, AttemptRow, StepRow } from '../schema.ts';

/** One change of a step, as the executor tells it. */
export type StepChange =
  | { t: 'start'; seq: number; parent: number | null; name: string; at: number }
  | { t: 'end'; seq: number; status: Step['status']; output: Json; error: Problem | null; at: number }
  /** Of the attempt when `seq` is null. */
  | { t: 'evidence'; seq: number | null; evidence: FailureEvidence };

/** What one write brings. */
export interface DetailBatch {
  steps: readonly StepChange[];
  progress: TaskProgress | null;
}

/** See {@link createDetailStore}. */
export interface DetailStore extends DetailReads, DetailWrites {}

interface DetailWrites {
  /** Appends steps and progress in one transaction. False when the token is not in force any more. */
  appendDetails(token: string, batch: DetailBatch): boolean;
  /** Adds an artifact. False when the token is not in force any more. */
  addArtifact(token: string, artifact: ArtifactRow): boolean;
  setPid(token: string, pid: number): void;
}

interface DetailReads {
  attempts(taskId: string): AttemptRow[];
  steps(taskId: string): StepRow[];
  artifacts(taskId: string): ArtifactRow[];
  artifact(id: string): ArtifactRow | null;
}

/** What the event of a step says: everything but its output and evidence, which can be large. */
export function stepData(row: StepRow): Json {
  return {
    attempt: row.attempt,
    seq: row.seq,
    parent: row.parent,
    name: row.name,
    status: row.status,
    started_at: iso(row.started_at),
    finished_at: isoOrNull(row.finished_at),
    error: row.error === null ? null : parseStored<Json>(row.error),
  };
}

/** Prepares the statements. */
export function createDetailStore(db: Db, events: Events, clock: Clock): DetailStore {
  return { ...createDetailReads(db), ...createDetailWrites(db, events, clock) };
}

function createDetailReads({ raw }: Db): DetailReads {
  const attempts = raw.prepare<[string], AttemptRow>('SELECT * FROM attempt WHERE task_id = ? ORDER BY number');
  const steps = raw.prepare<[string], StepRow>('SELECT * FROM step WHERE task_id = ? ORDER BY attempt, seq');
  const artifacts = raw.prepare<[string], ArtifactRow>(
    'SELECT * FROM artifact WHERE task_id = ? ORDER BY created_at, id',
  );
  const artifact = raw.prepare<[string], ArtifactRow>('SELECT * FROM artifact WHERE id = ?');
  return {
    attempts: (taskId) => attempts.all(taskId),
    steps: (taskId) => steps.all(taskId),
    artifacts: (taskId) => artifacts.all(taskId),
    artifact: (id) => artifact.get(id) ?? null,
  };
}

interface AttemptAt {
  id: string;
  attempt: number;
}

/** Writes changes of steps; the caller has looked at the token. */
function createStepWriter({ raw }: Db, events: Events): (at: AttemptAt, change: StepChange) => void {
  const startStep = raw.prepare<[Record<string, unknown>], StepRow>(
    `INSERT INTO step (task_id, attempt, seq, parent, name, status, started_at)
     VALUES (@id, @attempt, @seq, @parent, @name, 'running', @at) ON CONFLICT DO NOTHING RETURNING *`,
  );
  const endStep = raw.prepare<[Record<string, unknown>], StepRow>(
    `UPDATE step SET status = @status, finished_at = @at, output = @output, error = @error
     WHERE task_id = @id AND attempt = @attempt AND seq = @seq AND status = 'running' RETURNING *`,
  );
  const stepEvidence = raw.prepare<[Record<string, unknown>]>(
    'UPDATE step SET evidence = @evidence WHERE task_id = @id AND attempt = @attempt AND seq = @seq',
  );
  const attemptEvidence = raw.prepare<[Record<string, unknown>]>(
    'UPDATE attempt SET evidence = @evidence WHERE task_id = @id AND number = @attempt',
  );
  return (at, change) => {
    if (change.t === 'evidence') {
      const { seq } = change;
      const evidence = JSON.stringify(change.evidence);
      if (seq === null) attemptEvidence.run({ ...at, evidence });
      else stepEvidence.run({ ...at, seq, evidence });
      return;
    }
    const row =
      change.t === 'start'
        ? startStep.get({ ...at, seq: change.seq, parent: change.parent, name: change.name, at: change.at })
        : endStep.get({
            ...at,
            seq: change.seq,
            status: change.status,
            at: change.at,
            output: change.output === null ? null : JSON.stringify(change.output),
            error: change.error === null ? null : JSON.stringify(change.error),
          });
    if (row) events.append({ type: 'task.step', entity: 'task', id: at.id, data: stepData(row) });
  };
}

function createDetailWrites(db: Db, events: Events, clock: Clock): DetailWrites {
  const { raw } = db;
  /** The condition that a token is in force, in the words of the index of the live tasks. */
  const inForce = `attempt_token = ? AND status IN (${LIVE})`;
  const owner = raw.prepare<[string], AttemptAt>(`SELECT id, attempt FROM task WHERE ${inForce}`);
  const writeStep = createStepWriter(db, events);
  const setProgress = raw.prepare<[string, string]>(`UPDATE task SET progress = ? WHERE ${inForce}`);
  const setPid = raw.prepare<[number, string]>(
    `UPDATE attempt SET pid = ? WHERE (task_id, number) = (SELECT id, attempt FROM task WHERE ${inForce})`,
  );
  const addArtifact = raw.prepare<[ArtifactRow]>(
    `INSERT INTO artifact (id, task_id, attempt, kind, name, mime, bytes, sha256, has_secret, file, created_at)
     VALUES (@id, @task_id, @attempt, @kind, @name, @mime, @bytes, @sha256, @has_secret, @file, @created_at)`,
  );
  return {
    appendDetails: (token, { steps: changes, progress }) =>
      db.transaction(() => {
        const at = owner.get(token);
        if (!at) return false;
        for (const change of changes) writeStep(at, change);
        if (progress !== null) {
          setProgress.run(JSON.stringify(progress), token);
          events.append({
            type: 'task.progress',
            entity: 'task',
            id: at.id,
            data: { attempt: at.attempt, ...progress },
          });
        }
        return true;
      }),
    addArtifact: (token, row) =>
      db.transaction(() => {
        if (!owner.get(token)) return false;
        addArtifact.run(row);
        const { id, attempt, kind, name, mime, bytes } = row;
        events.append({
          type: 'task.artifact',
          entity: 'task',
          id: row.task_id,
          data: { id, attempt, kind, name, mime, bytes, created_at: iso(clock.now()) },
        });
        return true;
      }),
    setPid: (token, pid) => void setPid.run(pid, token),
  };
}
