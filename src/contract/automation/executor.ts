/** Messages between the host and the process that runs one attempt of one task. */
import { z } from 'zod';
import { Problem } from '../kernel/errors.ts';
import { Json, JsonObject } from '../kernel/scalars.ts';
import { ExecutorSpec } from './kinds/index.ts';
import { ProfileSnapshot } from './profiles.ts';
import { FailureEvidence } from './report/evidence.ts';

/** How the browser of an attempt is started; made from the same launch plan as a browser that is opened by hand. */
export const BrowserLaunch = z.object({
  executable: z.string(),
  user_data_dir: z.string(),
  args: z.array(z.string()),
  /** The whole environment of the browser. */
  env: z.record(z.string(), z.string()),
});
export type BrowserLaunch = z.infer<typeof BrowserLaunch>;

/** Everything an executor needs; secrets travel here and nowhere else (never argv or env). */
export const ExecutorJob = z.object({
  task_id: z.string(),
  attempt: z.int(),
  /** Spec with variables resolved. */
  spec: ExecutorSpec,
  input: JsonObject,
  /** Values to redact from everything that leaves the executor. */
  secrets: z.array(z.string()),
  /** Members of the spec that were filled in from a secret, as in `headers.X-Token`. */
  secret_parts: z.array(z.string()),
  /** Folder of this attempt: artifacts go to `artifacts/` below it. */
  run_dir: z.string(),
  /** Short-lived folder used as TMPDIR; removed by the host. */
  temp_dir: z.string(),
  /** Control group that the executor makes and enters before it starts anything (Linux); null where the host can make none. */
  cgroup: z.string().nullable(),
  profile: ProfileSnapshot.nullable(),
  /** Null for a command that needs no browser. */
  browser: BrowserLaunch.nullable(),
});
export type ExecutorJob = z.infer<typeof ExecutorJob>;

/** Folder below `temp_dir` with the private files of the attempt. */
export const FILES_FOLDER = 'files';

/** Host → executor. */
export const ToExecutor = z.discriminatedUnion('t', [
  z.object({ t: z.literal('run'), job: ExecutorJob }),
  z.object({ t: z.literal('cancel'), reason: z.enum(['cancelled', 'timed_out', 'shutdown']) }),
]);
export type ToExecutor = z.infer<typeof ToExecutor>;

/**
 * Executor → host; what of it is kept is up to `kept-report.ts`. Log lines do not travel here but on stdout, see {@link LOG_MARK}.
 */
export const FromExecutor = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('ready') }),
  z.strictObject({
    t: z.literal('progress'),
    percent: z.number().min(0).max(100).nullable(),
    message: z.string().nullable(),
  }),
  z.strictObject({
    t: z.literal('step_start'),
    seq: z.int(),
    parent: z.int().nullable(),
    name: z.string(),
    at: z.int(),
  }),
  z.strictObject({
    t: z.literal('step_end'),
    seq: z.int(),
    status: z.enum(['succeeded', 'failed', 'cancelled']),
    output: Json.nullable(),
    error: Problem.nullable(),
    at: z.int(),
  }),
  z.strictObject({
    t: z.literal('artifact'),
    kind: z.enum(['screenshot', 'trace', 'video', 'har', 'download', 'report', 'output']),
    name: z.string(),
    mime: z.string(),
    /** Path below `run_dir/artifacts`. */
    file: z.string().max(4096),
    /** True when a secret was found in bytes that could not be redacted without breaking the file. */
    has_secret: z.boolean().default(false),
  }),
  /** What surrounds a failure: of a step, sent before its end, or with `seq` null of the attempt, sent before its result. */
  z.strictObject({ t: z.literal('evidence'), seq: z.int().nullable(), evidence: FailureEvidence }),
  z.discriminatedUnion('ok', [
    z.strictObject({ t: z.literal('result'), ok: z.literal(true), output: Json.nullable() }),
    z.strictObject({
      t: z.literal('result'),
      ok: z.literal(false),
      /** cancelled and timed_out only after a cancel message asked for it. */
      outcome: z.enum(['failed', 'cancelled', 'timed_out']),
      error: Problem,
      /** False for errors that a retry cannot repair (a script that does not compile). */
      retryable: z.boolean(),
      exit_code: z.int().nullable(),
    }),
  ]),
]);
export type FromExecutor = z.infer<typeof FromExecutor>;
/** The last message of an attempt. */
export type ExecutorResult = Extract<FromExecutor, { t: 'result' }>;
/** What an executor says meanwhile. */
export type ExecutorNote = Exclude<FromExecutor, { t: 'ready' | 'result' }>;

/**
 * First character (ASCII record separator) of a structured log line on the executor's stdout; the rest of the line is JSON
 * {@link StructuredLog}. Every other line is raw output. stdout is a pipe and written synchronously, so a script that floods
 * its log is slowed down by the host instead of filling memory.
 */
export const LOG_MARK = '\x1e';

/** One structured log line. */
export const StructuredLog = z.object({
  level: z.enum(['debug', 'info', 'warn', 'error']),
  source: z.string(),
  message: z.string(),
  step: z.int().nullable(),
  data: Json.nullable().optional(),
  at: z.int(),
});
export type StructuredLog = z.infer<typeof StructuredLog>;

/** Environment variable that marks every process of one attempt, so that the whole tree can be found and ended. */
export const RUN_ID_ENV = 'TABAGENT_RUN_ID';

/**
 * A second mark of an attempt's processes, for those that clear their environment: a soft limit of file locks (`RLIMIT_LOCKS`), which Linux
 * hands down through fork and exec, shows in `/proc/<pid>/limits`, and has not enforced since 2.4.25 (setrlimit(2)). 61 bits of the run's id
 * by FNV-1a; no program sets such a value by itself.
 * @returns the limit, in decimal digits
 */
export function locksMark(runId: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < runId.length; i++)
    hash = BigInt.asUintN(64, (hash ^ BigInt(runId.charCodeAt(i))) * 0x100000001b3n);
  return String(BigInt.asUintN(61, hash) | (1n << 61n));
}

/**
 * Variables of the host's own environment that executors, and the programs that they start, inherit; nothing else is passed on,
 * because it may hold secrets of the operator's account. `LC_*` is inherited too.
 */
export const INHERITED_ENV = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'TMPDIR',
  'TEMP',
  'TMP',
  // A browser with a window needs the desktop session.
  'DISPLAY',
  'XAUTHORITY',
  'WAYLAND_DISPLAY',
  'XDG_RUNTIME_DIR',
  'XDG_SESSION_TYPE',
  'XDG_CURRENT_DESKTOP',
  'DBUS_SESSION_BUS_ADDRESS',
  // Windows does not start programs without these.
  'SystemRoot',
  'SystemDrive',
  'windir',
  'ComSpec',
  'PATHEXT',
  'USERPROFILE',
  'USERNAME',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  'ProgramFiles',
  'ProgramFiles(x86)',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
] as const;

/** The part of an environment that {@link INHERITED_ENV} allows; names are compared as Windows does, without case. */
export function inheritedEnvironment(environment: Record<string, string | undefined>): Record<string, string> {
  const allowed = new Set(INHERITED_ENV.map((name) => name.toUpperCase()));
  const kept = Object.entries(environment).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined && (allowed.has(pair[0].toUpperCase()) || pair[0].startsWith('LC_')),
  );
  return Object.fromEntries(kept);
}
