/** What an executor reports about its attempt, redacted and bounded, on its way to the database. */
import path from 'node:path';
import { keptEvidence } from '../../../../contract/automation/evidence.ts';
import type { FromExecutor } from '../../../../contract/automation/executor.ts';
import {
  fitsTask,
  keptStepOutput,
  OUTPUT_FILE,
  type OutputReference,
} from '../../../../contract/automation/report-limits.ts';
import { redactProblem } from '../../../../contract/kernel/redact/redact.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import { replaceOwned } from '../../../core/disk/owned-files.ts';
import type { TaskDeps } from '../deps.ts';
import type { LogWriter } from '../log/log-writer.ts';
import type { Claimed } from '../store/claim-store.ts';
import type { TaskStore } from '../store/store.ts';
import { type ArtifactNote, artifactsDir, takeArtifact } from './artifacts.ts';
import { createDetails } from './details.ts';

const MAX_ARTIFACTS = 1_000;

/** Notes of an executor; the result is the runner's. */
export type Note = Exclude<FromExecutor, { t: 'ready' | 'result' }>;

/** See {@link createIntake}. */
export interface Intake {
  note(note: Note): void;
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
      takeArtifact(at, { ...note, name: redactor.text(note.name) })
        .then((row) => void store.addArtifact(token, row))
        .catch((error: unknown) => writer.say('warn', storage.typed(error).message)),
    );
  }

  return {
    note(note) {
      switch (note.t) {
        case 'progress': {
          const message = note.message === null ? null : redactor.text(note.message);
          return details.progress({ percent: note.percent, message });
        }
        case 'step_start':
          return details.step({ ...note, t: 'start', name: redactor.text(note.name).slice(0, 500) });
        case 'step_end': {
          const error = note.error === null ? null : redactProblem(note.error, redactor);
          return details.step({ ...note, t: 'end', output: keptStepOutput(redactor.json(note.output)), error });
        }
        case 'evidence': {
          const evidence = keptEvidence(note.evidence, note.seq === null ? 'attempt' : 'step', redactor.text);
          return details.step({ ...note, evidence });
        }
        case 'artifact':
          return addArtifact(note);
      }
    },
    async output(raw) {
      const output = redactor.json(raw);
      const text = JSON.stringify(output);
      if (fitsTask(text)) return output;
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
