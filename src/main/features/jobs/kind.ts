/** Kinds of jobs: what can run in the background and go on after a restart. */
import type { z } from 'zod';
import type { Job } from '../../../contract/host/jobs.ts';
import { type JobId, Json } from '../../../contract/kernel/scalars.ts';

/** Input of the work, and its way to report progress. */
export interface JobContext<Input, State> {
  readonly id: JobId;
  readonly input: Input;
  /** What {@link save} stored last, also in an earlier run of the host; null at the beginning. */
  readonly checkpoint: State | null;
  /** Aborted by a cancel and by the stop of the host; the work ends soon after, by throwing. */
  readonly signal: AbortSignal;
  /** Delivered at most four times a second; the last one always. */
  progress(progress: Partial<Job['progress']>): void;
  /** Stores, durably and at once, where the next run goes on from. Work after the last checkpoint may be done twice. */
  save(state: State): void;
}

/** A kind of job. */
export interface JobKind<Input extends Json, State extends Json> {
  /** Stored with each job, so it never changes. */
  readonly name: string;
  /** Stored with each job in plain text: secrets are named by reference. */
  readonly input: z.ZodType<Input>;
  /** Shape of {@link JobContext.checkpoint}; a stored one of another shape (from another version) is dropped. */
  readonly checkpoint: z.ZodType<State>;
  /** Whether a job that the host's end cut off is started again; otherwise it ends as failed. */
  readonly resumable: boolean;
  /** Does the work. It may have been begun before. @returns the result of the job */
  run(context: JobContext<Input, State>): Promise<Json>;
}

/** A kind whose types were checked when it was registered. */
export type AnyJobKind = JobKind<Json, Json>;

/** The kinds that this host knows. */
export interface JobKinds {
  /** @throws Error when the name is taken */
  add<Input extends Json, State extends Json>(kind: JobKind<Input, State>): void;
  get(name: string): AnyJobKind | undefined;
}

/** Creates an empty registry. */
export function createJobKinds(): JobKinds {
  const kinds = new Map<string, AnyJobKind>();
  return {
    add(kind) {
      if (kinds.has(kind.name)) throw new Error(`There are two job kinds of the name ${kind.name}.`);
      kinds.set(kind.name, untyped(kind));
    },
    get: (name) => kinds.get(name),
  };
}

/** Parses what comes from the database before the work sees it, so that its types hold. */
function untyped<Input extends Json, State extends Json>(kind: JobKind<Input, State>): AnyJobKind {
  return {
    ...kind,
    input: Json,
    checkpoint: Json,
    run: (context) => {
      const state = kind.checkpoint.safeParse(context.checkpoint);
      return kind.run({
        ...context,
        input: kind.input.parse(context.input),
        checkpoint: state.success ? state.data : null,
        save: (next) => context.save(next),
      });
    },
  };
}
