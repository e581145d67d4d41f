/** What an executor reports about its attempt, redacted and bounded, on its way to the database. */
import path from 'node:path';
import type { ExecutorNote } from '../../../../contract/automation/executor.ts';
import { keptNote } from '../../../../contract/automation/report/kept-report.ts';
import { fitsTask, OUTPUT_FILE, type OutputReference } from '../../../../contract/automation/report/report-limits.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import { replaceOwned } from '../../../core/disk/owned-files.ts';
import type { TaskDeps } from '../deps.ts';
import type { LogWriter } from '../log/log-writer.ts';
import type { Claimed } from '../store/claim-store.ts';
import type { TaskStore } from '../store/store.ts';
import { type ArtifactNote, artifactsDir, takeArtifact } from './artifacts.ts';
import { createDetails } from './details.ts';

const MAX_ARTIFACTS = 1_000;

/** See {@link createIntake}. */
export interface Intake {
  /** Takes what an executor says; its result is the runner's. */
  note(note: ExecutorNote): void;
  /** The output as the task keeps it: redacted, and moved to an artifact when it is too large for a row. */
  output(output: Json): Promise<Json>;
  /** Writes what waits and takes nothing more. */
  close(): Promise<void>;
}

/** Opens the intake of one attempt. */
export function createIntake(
  { clock, redactor, storage }: Pick<TaskDeps, 'clock' | 'redactor' | 'storage'>,
  store: TaskStore,
  writer: LogWriter,
  task: Claimed,
  taskDir: string,
): Intake {
  const token = task.attempt_token;
  const details = createDetails(store, token, clock, storage);
  const artifacts: Promise<void>[] = [];
  const at = { taskId: task.id, taskDir, attempt: task.attempt, clock };

  function addArtifact(note: ArtifactNote): void {
    if (artifacts.length >= MAX_ARTIFACTS) return;
    artifacts.push(
      takeArtifact(at, note)
        .then((row) => void store.addArtifact(token, row))
        .catch((error: unknown) => writer.say('warn', storage.typed(error).message)),
    );
  }

  return {
    note(said) {
      const note = keptNote(said, redactor);
      switch (note.t) {
        case 'progress':
          return details.progress({ percent: note.percent, message: note.message });
        case 'step_start':
          return details.step({ ...note, t: 'start' });
        case 'step_end':
          return details.step({ ...note, t: 'end' });
        case 'evidence':
          return details.step(note);
        case 'artifact':
          return addArtifact(note);
      }
    },
    async output(raw) {
      const output = redactor.json(raw);
      const text = JSON.stringify(output);
      if (fitsTask(output, text)) return output;
      const file = OUTPUT_FILE;
      const folder = artifactsDir(taskDir, task.attempt);
      // In place of what the script may have put there.
      replaceOwned(path.dirname(path.dirname(taskDir)), path.join(folder, file), text);
      addArtifact({ kind: 'output', name: file, mime: 'application/json', file, has_secret: false });
      const mib = (text.length / 1_048_576).toFixed(1);
      writer.say('info', `The output is ${mib} MiB and was kept as the artifact ${file}.`);
      return { artifact: file, bytes: Buffer.byteLength(text) } satisfies OutputReference;
    },
    async close() {
      const dropped = details.close();
      if (dropped > 0) writer.say('warn', `${dropped} more steps were not kept.`);
      await Promise.all(artifacts);
    },
  };
}
