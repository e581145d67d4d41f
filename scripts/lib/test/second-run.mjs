/** @typedef {import('./report.mjs').PartReport} PartReport */

/** More failed files than this are no accident of a busy machine. */
const MOST_FILES = 5;

/**
 * Runs the files of failed tests once more, by themselves, when the machine is free of the others. A test that passes then is listed as unstable
 * at the end of the run: it wants looking into, but does not hide whether the change at hand is good.
 * @param {readonly PartReport[]} reports
 * @param {(part: string, files: readonly string[]) => Promise<PartReport>} run
 * @returns {Promise<PartReport[]>}
 */
export async function withSecondRun(reports, run) {
  const files = reports.reduce((sum, { failedFiles }) => sum + failedFiles.size, 0);
  if (files === 0 || files > MOST_FILES) return [...reports];
  const after = [];
  for (const report of reports) after.push(await settled(report, run));
  return after;
}

/**
 * @param {PartReport} report
 * @param {(part: string, files: readonly string[]) => Promise<PartReport>} run
 * @returns {Promise<PartReport>}
 */
async function settled(report, run) {
  // A failure that belongs to no file (a runner that died, a check) cannot be run by itself.
  const known = report.failed.every((name) => [...report.failedFiles].some((file) => name.startsWith(`${file} > `)));
  if (report.failed.length === 0 || !known) return report;
  const second = await run(report.part, [...report.failedFiles]);
  // A runner that died names no file, and none of them counts as passed.
  if (second.passed === 0 || (second.failed.length > 0 && second.failedFiles.size === 0)) return report;
  const failsAgain = (/** @type {string} */ name) =>
    [...second.failedFiles].some((file) => name.startsWith(`${file} > `));
  const failed = report.failed.filter(failsAgain);
  const unstable = report.failed.filter((name) => !failsAgain(name));
  return { ...report, passed: report.passed + unstable.length, failed, unstable };
}
