import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { allChecks, runChecks } from '../check/checks.mjs';
import { cacheDir, root } from '../paths.mjs';
import { childEnv, foreground } from '../process.mjs';
import { duration, elapsed } from '../progress.mjs';
import { emptyReport, playwrightReport, vitestReports, withExitCode } from './report.mjs';
import { withSecondRun } from './second-run.mjs';

/** Vitest projects whose files may run side by side. */
const PARALLEL = ['unit', 'contract', 'panel', 'wire'];
/** Vitest projects that start whole hosts and browsers, and measure time: one file after the other. */
const SERIAL = ['cli', 'desktop', 'packaging', 'faults'];

/** Longest that the runner of some parts may take: several times what it takes on a busy machine. The long runs have no limit. */
const RUNNER_LIMIT_MS = 40 * 60_000;

/** All parts of `npm test`, in the order in which they run. */
export const PARTS = ['check', ...PARALLEL, ...SERIAL, 'e2e'];

/**
 * What `npm test -- …` asks for: names of parts, everything else is a filter on file names.
 * @param {readonly string[]} args
 * @returns {{ parts: string[]; filters: string[] }}
 */
export function chooseParts(args) {
  const filters = args.filter((arg) => !PARTS.includes(arg));
  const named = PARTS.filter((part) => args.includes(part));
  if (named.length > 0) return { parts: named, filters };
  if (filters.length === 0) return { parts: PARTS, filters };
  const browser = filters.some((filter) => filter.includes('e2e'));
  return { parts: browser ? ['e2e'] : PARTS.filter((part) => part !== 'check' && part !== 'e2e'), filters };
}

/** @typedef {{ node: string; env: NodeJS.ProcessEnv; filters: readonly string[] }} RunOptions */
/** @typedef {import('./report.mjs').PartReport} PartReport */

/** @param {string} file @returns {unknown} */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param {readonly string[]} projects
 * @param {RunOptions} options
 * @returns {Promise<PartReport[]>}
 */
export async function runVitest(projects, { node, env, filters }) {
  const file = join(cacheDir, 'reports', `vitest-${projects.join('-')}.json`);
  rmSync(file, { force: true });
  const args = [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=./scripts/lib/test/vitest-reporter.mjs',
    '--passWithNoTests',
    ...(projects.some((project) => SERIAL.includes(project)) ? ['--no-file-parallelism'] : []),
    ...filters,
  ];
  const code = await foreground(node, args, {
    cwd: root,
    env: childEnv({ ...env, TABAGENT_REPORT: file }),
    timeout: (env.TABAGENT_FAULTS ?? process.env.TABAGENT_FAULTS) === 'long' ? undefined : RUNNER_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const entries = /** @type {import('./report.mjs').VitestEntry[]} */ (readReport(file) ?? []);
  return withExitCode(vitestReports(projects, entries), code);
}

/**
 * @param {RunOptions} options
 * @returns {Promise<PartReport>}
 */
async function runPlaywright({ node, env, filters }) {
  const file = join(cacheDir, 'reports', 'playwright.json');
  rmSync(file, { force: true });
  const args = [
    join(root, 'node_modules', '@playwright', 'test', 'cli.js'),
    'test',
    '--pass-with-no-tests',
    ...filters,
  ];
  const code = await foreground(node, args, {
    cwd: root,
    env: childEnv({ ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: file }),
  });
  const json = /** @type {import('./report.mjs').PlaywrightJson} */ (readReport(file) ?? {});
  return withExitCode([playwrightReport('e2e', json)], code)[0] ?? emptyReport('e2e');
}

/** @param {RunOptions} options @returns {Promise<PartReport>} */
async function runCheckPart({ node }) {
  const report = emptyReport('check');
  for (const { name, ok } of await runChecks(node, allChecks())) {
    if (ok) report.passed += 1;
    else report.failed.push(`check: ${name}`);
  }
  return report;
}

/** With the time so far: of a run that is cut off from outside, the log tells which part took it. @param {readonly string[]} parts */
const titleOf = (parts) => `${parts.join(', ')}, after ${duration(elapsed())}`;

/**
 * Runs the parts one after the other; each uses the cores by itself.
 * @param {readonly string[]} parts
 * @param {RunOptions} options
 * @param {(title: string) => void} announce
 * @returns {Promise<PartReport[]>}
 */
export async function runParts(parts, options, announce) {
  /** @type {PartReport[]} */
  const reports = [];
  if (parts.includes('check')) {
    announce(titleOf(['check']));
    reports.push(await runCheckPart(options));
  }
  for (const group of [PARALLEL, SERIAL]) {
    const projects = group.filter((project) => parts.includes(project));
    if (projects.length === 0) continue;
    announce(titleOf(projects));
    reports.push(...(await runVitest(projects, options)));
  }
  if (parts.includes('e2e')) {
    announce(titleOf(['e2e']));
    reports.push(await runPlaywright(options));
  }
  return withSecondRun(reports, async (part, files) => {
    announce(`${part} once more: ${files.join(', ')}`);
    const again = { ...options, filters: files };
    return part === 'e2e' ? runPlaywright(again) : ((await runVitest([part], again))[0] ?? emptyReport(part));
  });
}
