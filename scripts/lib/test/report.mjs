import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {object} SkippedTest
 * @property {string} name full name, with file and suites
 * @property {string | undefined} reason
 *
 * @typedef {object} PartReport what one runner did
 * @property {string} part
 * @property {number} passed
 * @property {string[]} failed names
 * @property {Set<string>} failedFiles files of the failed tests
 * @property {string[]} unstable names of tests that failed and then passed by themselves, see second-run.mjs
 * @property {SkippedTest[]} skipped
 */

/** @param {string} part @returns {PartReport} */
export function emptyReport(part) {
  return { part, passed: 0, failed: [], failedFiles: new Set(), unstable: [], skipped: [] };
}

/**
 * @typedef {object} VitestEntry one test, or an error outside the tests
 * @property {string} project empty for an error that belongs to none
 * @property {string} name with file and suites
 * @property {string} state Vitest's word: passed, failed, skipped or pending
 * @property {string} [note] why it was skipped, or how it failed
 *
 * @param {readonly string[]} projects that were asked for
 * @param {readonly VitestEntry[]} entries from scripts/lib/test/vitest-reporter.mjs
 * @returns {PartReport[]} one per project
 */
export function vitestReports(projects, entries) {
  const reports = projects.map(emptyReport);
  for (const { project, name, state, note } of entries) {
    const report = reports.find(({ part }) => part === project) ?? reports[0];
    if (!report) continue;
    if (state === 'passed') report.passed += 1;
    else if (state === 'skipped') report.skipped.push({ name, reason: note });
    else {
      report.failed.push(note ? `${name}: ${note}` : name);
      report.failedFiles.add(name.split(' > ')[0] ?? name);
    }
  }
  return reports;
}

/**
 * @typedef {{ type: string; description?: string }} Annotation
 * @typedef {{ message?: string; location?: { line: number } }} PlaywrightError
 * @typedef {{ status: string; annotations?: Annotation[]; results?: { error?: PlaywrightError }[] }} PlaywrightTest
 * @typedef {{ title: string; file?: string; tests: PlaywrightTest[] }} PlaywrightSpec
 * @typedef {{ title: string; specs?: PlaywrightSpec[]; suites?: PlaywrightSuite[] }} PlaywrightSuite
 * @typedef {{ suites?: PlaywrightSuite[]; errors?: { message?: string }[] }} PlaywrightJson
 */

/** How a test failed first, and where. @param {PlaywrightTest} test */
function failureOf({ results = [] }) {
  const error = results.find((result) => result.error)?.error;
  if (!error?.message) return '';
  const line = error.location ? ` (line ${error.location.line})` : '';
  return `: ${stripVTControlCharacters(error.message).split('\n')[0]}${line}`;
}

/**
 * @param {string} part
 * @param {PlaywrightJson} json Playwright's JSON report
 * @returns {PartReport}
 */
export function playwrightReport(part, json) {
  const report = emptyReport(part);
  /**
   * @param {PlaywrightSuite} suite
   * @param {string} above
   */
  const visit = (suite, above) => {
    const path = above ? `${above} > ${suite.title}` : suite.title;
    for (const spec of suite.specs ?? []) {
      const name = `${path} > ${spec.title}`;
      for (const test of spec.tests) {
        if (test.status === 'skipped') {
          const skip = test.annotations?.find(({ type }) => type === 'skip' || type === 'fixme');
          report.skipped.push({ name, reason: skip?.description });
        } else if (test.status === 'expected') report.passed += 1;
        else {
          report.failed.push(`${name}${test.status === 'flaky' ? ' (flaky)' : ''}${failureOf(test)}`);
          report.failedFiles.add(path.split(' > ')[0] ?? path);
        }
      }
    }
    for (const child of suite.suites ?? []) visit(child, path);
  };
  for (const suite of json.suites ?? []) visit(suite, '');
  for (const error of json.errors ?? []) report.failed.push(error.message?.split('\n')[0] ?? 'error outside the tests');
  return report;
}

/**
 * A runner that ended badly without naming a failed test (it crashed, or an error escaped the tests) failed once.
 * @param {PartReport[]} reports of that runner
 * @param {number} exitCode
 * @returns {PartReport[]}
 */
export function withExitCode(reports, exitCode) {
  const [first, ...others] = reports;
  if (exitCode === 0 || !first || reports.some(({ failed }) => failed.length > 0)) return reports;
  return [{ ...first, failed: [`${first.part}: the runner ended with exit code ${exitCode}`] }, ...others];
}

/**
 * The last lines of `npm test`: failures, skips with their reasons, a line per part and the totals.
 * @param {readonly PartReport[]} reports
 * @returns {{ lines: string[]; exitCode: number }}
 */
export function summary(reports) {
  const failed = reports.flatMap((report) => report.failed);
  const told = reports.flatMap((report) => report.skipped.filter(({ reason }) => reason?.trim()));
  // A test that is switched off without a word is one that nobody will ever switch on again.
  const silent = reports.flatMap((report) => report.skipped.filter(({ reason }) => !reason?.trim()));
  const passed = reports.reduce((sum, report) => sum + report.passed, 0);
  const failures = [...failed, ...silent.map(({ name }) => `${name}: skipped without a reason`)];
  const unstable = reports.flatMap((report) => report.unstable);
  const lines = [''];
  if (unstable.length > 0) {
    lines.push('Unstable, failed in the run and passed by themselves:', ...unstable.map((name) => `  ~ ${name}`), '');
  }
  if (failures.length > 0) lines.push('Failed:', ...failures.map((name) => `  ✗ ${name}`), '');
  if (told.length > 0) lines.push('Skipped:', ...told.map(({ name, reason }) => `  - ${name}: ${reason}`), '');
  for (const { part, passed: good, failed: bad, skipped } of reports) {
    lines.push(`  ${part.padEnd(10)} ${good} passed, ${bad.length} failed, ${skipped.length} skipped`);
  }
  if (passed + failures.length === 0) lines.push('Nothing ran.');
  const shaky = unstable.length > 0 ? `, ${unstable.length} of them unstable` : '';
  lines.push(`${passed} passed${shaky}, ${failures.length} failed, ${told.length} skipped`);
  return { lines, exitCode: failures.length > 0 || passed === 0 ? 1 : 0 };
}
