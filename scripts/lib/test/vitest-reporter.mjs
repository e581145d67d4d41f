import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Running } from './running.mjs';

/** The slowest file takes about two minutes where the machine is busy. The long runs have no limit. */
const FILE_LIMIT_MS = process.env.TABAGENT_FAULTS === 'long' ? Number.POSITIVE_INFINITY : 8 * 60_000;
const LOOK_EVERY_MS = 15_000;
/** Time for the runner to end when all files have. A process that a failed test left behind holds its pipes, and it would wait for those. */
const END_LIMIT_MS = 60_000;

/** Ends the runner's own children: one in an endless loop does not notice that its parent has gone. Elsewhere than on Linux it stays. */
function killChildren() {
  try {
    const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
  } catch {
    // No /proc, or it ended by itself.
  }
}

/** Why a test was skipped, or how it failed and where. @param {ReturnType<TestCase['result']>} result */
function noteOf(result) {
  if (result.state === 'skipped') return result.note ? { note: result.note } : {};
  const error = result.errors?.[0];
  if (result.state !== 'failed' || !error) return {};
  const line = error.stacks?.[0]?.line;
  return { note: `${error.message.split('\n')[0]}${line === undefined ? '' : ` (line ${line})`}` };
}

/**
 * A Vitest reporter that writes what `npm test` counts, and ends a run that hangs. Vitest's own JSON report leaves out why a test was skipped.
 * @implements {Reporter}
 * @import { Reporter, TestCase, TestModule } from 'vitest/node'
 */
export default class CountingReporter {
  #running = new Running(FILE_LIMIT_MS);
  /** @type {Map<string, TestModule>} */
  #modules = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  onTestRunStart() {
    this.#timer = setInterval(() => this.#endIfStuck(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  #endIfStuck() {
    const stuck = this.#running.overdue(performance.now());
    if (stuck.length === 0) return;
    process.stderr.write(`${stuck.join('\n')}\n`);
    this.onTestRunEnd(
      [...this.#modules.values()],
      stuck.map((message) => ({ message })),
    );
    killChildren();
    process.exit(1);
  }

  /** @param {TestModule} module */
  onTestModuleStart(module) {
    this.#modules.set(module.id, module);
    this.#running.start(module.relativeModuleId, performance.now());
  }

  /** @param {TestModule} module */
  onTestModuleEnd(module) {
    this.#running.end(module.relativeModuleId);
  }

  /** @param {TestCase} test */
  onTestCaseReady(test) {
    this.#running.testStarts(test.module.relativeModuleId, test.fullName);
  }

  /** @param {TestCase} test */
  onTestCaseResult(test) {
    this.#running.testEnds(test.module.relativeModuleId, test.fullName);
  }

  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly { message?: string }[]} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    clearInterval(this.#timer);
    setTimeout(() => {
      killChildren();
      process.exit(process.exitCode ?? 1);
    }, END_LIMIT_MS).unref();
    const file = process.env.TABAGENT_REPORT;
    if (!file) return;
    /** @type {import('./report.mjs').VitestEntry[]} */
    const entries = [];
    for (const module of modules) {
      const project = module.project.name;
      const from = module.relativeModuleId;
      for (const error of module.errors()) {
        entries.push({ project, name: `${from}: ${error.message.split('\n')[0]}`, state: 'failed' });
      }
      for (const suite of module.children.allSuites()) {
        for (const error of suite.errors()) {
          entries.push({
            project,
            name: `${from} > ${suite.fullName}: ${error.message.split('\n')[0]}`,
            state: 'failed',
          });
        }
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        entries.push({
          project,
          name: `${from} > ${test.fullName}`,
          state: result.state,
          ...noteOf(result),
        });
      }
    }
    for (const error of unhandled) {
      entries.push({
        project: '',
        name: `unhandled error: ${error.message?.split('\n')[0] ?? String(error)}`,
        state: 'failed',
      });
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(entries));
  }
}
