/** Starts a real executor for tests and collects what it says. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  type BrowserLaunch,
  type ExecutorJob,
  type ExecutorResult,
  FromExecutor,
  inheritedEnvironment,
  LOG_MARK,
  RUN_ID_ENV,
  StructuredLog,
} from '../../contract/automation/executor.ts';
import { ExecutorSpec } from '../../contract/automation/kinds/index.ts';

/** The source itself, whose types Node.js strips; TABAGENT_EXECUTOR names a built one instead. */
const ENTRY = process.env.TABAGENT_EXECUTOR ?? join(import.meta.dirname, 'index.ts');

/** Keeps Chromium from talking to anybody but the test. */
export const QUIET_BROWSER = [
  '--gaia-url=http://127.0.0.1:9/',
  '--component-updater=url-source=http://127.0.0.1:9/',
  '--disable-quic',
];

/** Browser of this machine, or null; tests that need one are then skipped with that reason. */
export const browserPath =
  [process.env.TABAGENT_BROWSER, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (path): path is string => path !== undefined && path !== '' && existsSync(path),
  ) ?? null;

/** Parts of a job that differ from an empty one. */
type JobParts = Partial<Omit<ExecutorJob, 'browser'>> & { browser?: Partial<BrowserLaunch> };

/** A running executor. */
export class Harness {
  readonly dir: string;
  readonly runId = `executor-test-${process.pid}-${Math.random().toString(36).slice(2)}`;
  readonly child: ChildProcess;
  readonly messages: FromExecutor[] = [];
  readonly logs: StructuredLog[] = [];
  readonly raw: string[] = [];
  /** Lines seen of a flood, and the executor's largest resident memory meanwhile; bytes. */
  readonly flood = { lines: 0, peak: 0 };
  stderr = '';
  readonly exited: Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  readonly #watchers = new Set<() => void>();

  readonly #drop: string | null;

  /**
   * @param drop source of log lines that are counted in {@link Harness.flood} instead of kept
   * @param execArgv further options of Node.js
   */
  constructor(drop: string | null = null, execArgv: readonly string[] = []) {
    this.#drop = drop;
    this.dir = mkdtempSync(join(tmpdir(), 'tae-'));
    this.child = fork(ENTRY, [], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
      execArgv: ['--max-old-space-size=256', ...execArgv],
      env: { ...inheritedEnvironment(process.env), [RUN_ID_ENV]: this.runId },
    });
    const { child } = this;
    // Not `close`: it never comes after an explicit disconnect.
    const streams = [child.stdout, child.stderr].map((stream) => stream && once(stream, 'close'));
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => void Promise.all(streams).then(() => resolve([code, signal])));
    });
    this.child.on('message', (message) => {
      this.messages.push(FromExecutor.parse(message));
      this.#changed();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    if (this.child.stdout !== null) createInterface(this.child.stdout).on('line', (line) => this.#line(line));
    void this.exited.then(() => this.#changed());
  }

  #line(line: string): void {
    if (this.#drop !== null && line.includes(`"source":"${this.#drop}"`)) {
      if (this.flood.lines++ % 5000 === 0) this.flood.peak = Math.max(this.flood.peak, this.#memory());
      return;
    }
    if (line.startsWith(LOG_MARK)) this.logs.push(StructuredLog.parse(JSON.parse(line.slice(1))));
    else this.raw.push(line);
    this.#changed();
  }

  /** Resident memory at its highest so far; 0 where the system does not tell. */
  #memory(): number {
    try {
      const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
    } catch {
      return 0;
    }
  }

  #changed(): void {
    for (const check of this.#watchers) check();
  }

  /** Sends a job; what is not given is empty. */
  run(spec: unknown, { browser, ...job }: JobParts = {}): this {
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const full: ExecutorJob = {
      task_id: 'tsk_test',
      attempt: 1,
      spec: ExecutorSpec.parse(spec),
      input: {},
      secrets: [],
      secret_parts: [],
      run_dir: join(this.dir, 'run'),
      temp_dir: join(this.dir, 't'),
      cgroup: null,
      profile: null,
      browser: {
        executable: browserPath ?? '/no/browser',
        user_data_dir: join(this.dir, 't', 'profile'),
        args: [...sandbox, ...QUIET_BROWSER],
        env: { ...inheritedEnvironment(process.env), TMPDIR: join(this.dir, 't'), [RUN_ID_ENV]: this.runId },
        ...browser,
      },
      ...job,
    };
    this.child.send({ t: 'run', job: full });
    return this;
  }

  cancel(reason: 'cancelled' | 'timed_out' | 'shutdown' = 'cancelled'): void {
    this.child.send({ t: 'cancel', reason });
  }

  /** Waits until something is true; rejects when the process ends first. */
  until<T>(probe: () => T | undefined | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const value = probe();
        if (value !== undefined && value !== false) {
          this.#watchers.delete(check);
          resolve(value);
        }
      };
      this.#watchers.add(check);
      check();
      void this.exited.then(() => reject(new Error(`the executor ended first\n${this.text()}`)));
    });
  }

  log(text: string): Promise<StructuredLog> {
    return this.until(() => this.logs.find((line) => line.message.includes(text)));
  }

  get result(): ExecutorResult | undefined {
    return this.messages.find((message): message is ExecutorResult => message.t === 'result');
  }

  /** Waits for the end of the process and answers its result. */
  async finish(): Promise<ExecutorResult | undefined> {
    await this.exited;
    return this.result;
  }

  artifacts() {
    return this.messages.filter((message) => message.t === 'artifact');
  }

  /** The steps in their order, each with its status, indented by what they are in. */
  tree(): string[] {
    const ends = new Map(this.messages.flatMap((note) => (note.t === 'step_end' ? [[note.seq, note.status]] : [])));
    const depths = new Map<number, number>();
    return this.messages.flatMap((note) => {
      if (note.t !== 'step_start') return [];
      const depth = note.parent === null ? 0 : (depths.get(note.parent) ?? 0) + 1;
      depths.set(note.seq, depth);
      return [`${'  '.repeat(depth)}${note.name} ${ends.get(note.seq) ?? 'open'}`];
    });
  }

  read(name: string): Buffer {
    return readFileSync(join(this.dir, 'run', 'artifacts', name));
  }

  /** Everything that left the process, for messages and for searching. */
  text(): string {
    return JSON.stringify({ messages: this.messages, logs: this.logs, raw: this.raw, stderr: this.stderr }, null, 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await exit;
    }
    // The browser of a killed executor takes a moment to notice and still writes.
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}
