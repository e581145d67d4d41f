import { describe, expect, it } from 'vitest';
import { emptyReport, playwrightReport, summary, vitestReports, withExitCode } from '../../scripts/lib/test/report.mjs';
import { Running } from '../../scripts/lib/test/running.mjs';
import { withSecondRun } from '../../scripts/lib/test/second-run.mjs';
import { chooseParts, PARTS } from '../../scripts/lib/test/test-parts.mjs';

describe('totals', () => {
  const one = (name: string, state: string, note?: string) => ({
    project: 'unit',
    name,
    state,
    ...(note === undefined ? {} : { note }),
  });

  it('ends with one plain line, above it what was skipped and why', () => {
    const unit = vitestReports(['unit'], [one('a', 'passed'), one('b', 'skipped', 'no Redis on this machine')]);
    const { lines, exitCode } = summary([...unit, { ...emptyReport('e2e'), passed: 2 }]);
    expect(lines.at(-1)).toBe('3 passed, 0 failed, 1 skipped');
    expect(lines).toContain('  - b: no Redis on this machine');
    expect(exitCode).toBe(0);
  });

  it('counts a skip without a reason as a failure', () => {
    const entries = [one('a', 'passed'), one('b', 'skipped'), one('c', 'skipped', ' ')];
    const { lines, exitCode } = summary(vitestReports(['unit'], entries));
    expect(lines.at(-1)).toBe('1 passed, 2 failed, 0 skipped');
    expect(lines).toContain('  ✗ b: skipped without a reason');
    expect(exitCode).toBe(1);
  });

  it('fails when nothing ran (a wrong filter must not look like success)', () => {
    expect(summary([]).exitCode).toBe(1);
    expect(summary([emptyReport('unit')]).lines).toContain('Nothing ran.');
  });

  it('fails when a runner died without a report', () => {
    const died = withExitCode([emptyReport('unit'), emptyReport('wire')], 137);
    expect(died.flatMap(({ failed }) => failed)).toEqual(['unit: the runner ended with exit code 137']);
    const named = { ...emptyReport('wire'), failed: ['one'] };
    expect(withExitCode([emptyReport('unit'), named], 1).flatMap(({ failed }) => failed)).toEqual(['one']);
  });

  // Would catch: a log that is cut off above its end and so never tells why a test failed.
  it('says at the end how a test failed', () => {
    const { lines } = summary(vitestReports(['unit'], [one('a', 'failed', 'expected 1 to be 2 (line 7)')]));
    expect(lines).toContain('  ✗ a: expected 1 to be 2 (line 7)');
  });

  it('never counts a test that did not finish as passed, nor loses an error that belongs to no project', () => {
    const entries = [one('a', 'pending'), { project: '', name: 'unhandled error: boom', state: 'failed' }];
    const failed = vitestReports(['wire', 'unit'], entries).flatMap((report) => report.failed);
    expect(failed.sort()).toEqual(['a', 'unhandled error: boom']);
  });
});

describe("Playwright's report", () => {
  it('counts nested suites, reads the reason of a skip, and takes a flaky test for a failed one', () => {
    const test = (status: string, description?: string) => ({
      status,
      annotations: description ? [{ type: 'skip', description }] : [],
    });
    const error = { message: 'not \u001b[31mvisible\u001b[39m\nCall log', location: { line: 9 } };
    const report = playwrightReport('e2e', {
      suites: [
        {
          title: 'tasks.spec.ts',
          specs: [{ title: 'runs', tests: [test('expected'), { ...test('unexpected'), results: [{ error }] }] }],
          suites: [{ title: 'list', specs: [{ title: 'sorts', tests: [test('skipped', 'no fonts'), test('flaky')] }] }],
        },
      ],
      errors: [{ message: 'config broken\nstack' }],
    });
    expect(report.passed).toBe(1);
    expect(report.failed).toEqual([
      'tasks.spec.ts > runs: not visible (line 9)',
      'tasks.spec.ts > list > sorts (flaky)',
      'config broken',
    ]);
    expect(report.skipped).toEqual([{ name: 'tasks.spec.ts > list > sorts', reason: 'no fonts' }]);
  });
});

describe('a second run', () => {
  const failing = (...names: string[]) =>
    vitestReports(
      ['unit'],
      names.map((name) => ({ project: 'unit', name, state: 'failed' })),
    );
  const answer = (passed: number, failed: string[] = []) => {
    const asked: unknown[] = [];
    const run = async (part: string, files: readonly string[]) => {
      asked.push([part, ...files]);
      const failedFiles = new Set(failed.flatMap((name) => (name.includes(' > ') ? [name.split(' > ')[0] ?? ''] : [])));
      return { ...emptyReport(part), passed, failed, failedFiles };
    };
    return { asked, run };
  };

  // Would catch: a test that passes at the second try and is forgotten, and one that fails twice and is called unstable.
  it('runs the failed files by themselves; what passes is told as unstable, what fails again has failed', async () => {
    const good = answer(4);
    const settled = await withSecondRun([...failing('a.test.ts > x', 'a.test.ts > y'), emptyReport('wire')], good.run);
    expect(good.asked).toEqual([['unit', 'a.test.ts']]);
    const { lines, exitCode } = summary(settled);
    expect(lines).toContain('  ~ a.test.ts > x');
    expect(lines.at(-1)).toBe('2 passed, 2 of them unstable, 0 failed, 0 skipped');
    expect(exitCode).toBe(0);
    const bad = await withSecondRun(failing('a.test.ts > x'), answer(3, ['a.test.ts > z']).run);
    expect(summary(bad).lines).toContain('  ✗ a.test.ts > x');
    const mixed = await withSecondRun(failing('a.test.ts > x', 'b.test.ts > y'), answer(3, ['a.test.ts > x']).run);
    expect(summary(mixed).lines).toEqual(expect.arrayContaining(['  ✗ a.test.ts > x', '  ~ b.test.ts > y']));
    const died = await withSecondRun(failing('a.test.ts > x'), answer(3, ['unit: the runner ended']).run);
    expect(summary(died).exitCode).toBe(1);
    expect(summary(await withSecondRun(failing('a.test.ts > x'), answer(0).run)).exitCode).toBe(1);
  });

  // Would catch: half an hour of running again what is simply broken, or a runner's death that a passing file excuses.
  it('is not tried for many files, nor for a failure that is no test', async () => {
    const { asked, run } = answer(1);
    const many = failing('a > x', 'b > x', 'c > x', 'd > x', 'e > x', 'f > x');
    expect(summary(await withSecondRun(many, run)).exitCode).toBe(1);
    const died = withExitCode([emptyReport('unit')], 137);
    expect(summary(await withSecondRun([...died, ...failing('unhandled error: boom')], run)).exitCode).toBe(1);
    expect(asked).toEqual([]);
  });
});

describe('choice of parts', () => {
  it('runs everything by default, one part by name, files by filter', () => {
    expect(chooseParts([])).toEqual({ parts: PARTS, filters: [] });
    expect(chooseParts(['e2e'])).toEqual({ parts: ['e2e'], filters: [] });
    expect(chooseParts(['unit', 'clock'])).toEqual({ parts: ['unit'], filters: ['clock'] });
    expect(chooseParts(['tests/e2e/tasks.spec.ts']).parts).toEqual(['e2e']);
    expect(chooseParts(['src/main/core']).parts).not.toContain('e2e');
  });
});

describe('a run that hangs', () => {
  // Would catch: a test in an endless loop, which no time-out of the runner interrupts, cut off from outside without a word.
  it('names the file and the test it is in, only once its time is over', () => {
    const running = new Running(60_000);
    running.start('a.test.ts', 0);
    running.testStarts('a.test.ts', 'done');
    running.testEnds('a.test.ts', 'done');
    running.testStarts('a.test.ts', 'loops');
    running.start('b.test.ts', 0);
    running.start('c.test.ts', 0);
    running.end('c.test.ts');
    expect(running.overdue(60_000)).toEqual([]);
    expect(running.overdue(120_000)).toEqual([
      'a.test.ts: still running after 2 min, in "loops"',
      'b.test.ts: still running after 2 min, outside its tests or in one that never yields',
    ]);
  });
});
