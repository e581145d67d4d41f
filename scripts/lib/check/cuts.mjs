// What an attempt says is cut by contract/kernel/redact/clip.ts, which redacts first: of a secret that a cut has gone through, what is left is not
// found any more. So nothing else cuts where such texts are: strings, bytes, `inspect` with its limit, `split` with one.
import { sourceLines } from './source-lines.mjs';

const PLACES = [
  'src/workers/executor',
  'src/contract/automation',
  'src/main/features/tasks/run',
  'src/main/features/tasks/log',
];
const CUT =
  /\.(?:slice|substring|substr|subarray)\(|\.split\([^()]*,|\b(?:inspect|format)\((?!.*\bWHOLE\b)|\bmaxStringLength\b/;

/** @type {readonly [file: string, piece: string, why: string][]} */
const ALLOWED = [
  ['src/contract/automation/report/artifact-name.ts', 'slice(', 'of a name without secrets'],
  ['src/contract/automation/report/evidence.ts', '.slice(0, limits.items)', 'items of a list'],
  ['src/contract/automation/report/evidence.ts', '.slice(-limits.items)', 'items of a list'],
  ['src/contract/automation/report/evidence.ts', '.slice(0, MAX_HEADERS)', 'items of a list'],
  ['src/contract/automation/report/kept-report.ts', '.slice(0, TEXTS.items)', 'items of a list'],
  ['src/contract/automation/report/kept-report.ts', '.slice(0, MORE.items)', 'items of a list'],
  ['src/contract/automation/launch-switches.ts', "split('=', 1)", 'a switch of a profile'],
  ['src/contract/automation/template.ts', 'slice(', 'a template, before anything is filled in'],
  ['src/main/features/tasks/log/line-ring.ts', 'kept.slice(head)', 'items of a list'],
  ['src/main/features/tasks/log/log-splitter.ts', 'text.slice(from, from + length)', 'redacted by whoever calls'],
  ['src/main/features/tasks/log/log-splitter.ts', 'subarray(', 'put together again before it is redacted'],
  ['src/main/features/tasks/log/read-page.ts', 'lines.slice(0, count)', 'items of a list'],
  ['src/main/features/tasks/log/text-lines.ts', 'slice(', 'cut at the end of a line, or redacted before'],
  ['src/main/features/tasks/log/scan.ts', 'subarray(', 'a log that was redacted when it was written'],
  ['src/main/features/tasks/run/run-env.ts', 'runId.slice(0, 10)', 'an id of the host'],
  ['src/workers/executor/browser/evidence.ts', 'all.slice(first - 1, line + AROUND)', 'items of a list'],
  ['src/workers/executor/browser/script-error.ts', "plain.split('\\n', 1)", 'redacted'],
  ['src/workers/executor/browser/script-error.ts', 'stack.slice(at + name.length + 1', 'digits of a position'],
  ['src/workers/executor/browser/script-module.ts', 'slice(', 'parts of the script'],
  ['src/workers/executor/browser/watch.ts', "run.redactor.text(String(error)).split('\\n', 1)", 'redacted'],
  ['src/workers/executor/http/expect.ts', '.slice(1)', 'a pointer of the command'],
  [
    'src/workers/executor/http/runner.ts',
    'chunk.subarray(0, MAX_CHECKED - bytes)',
    'nothing of a larger body is shown',
  ],
  ['src/workers/executor/http/runner.ts', "type.split(';', 1)", 'parsed and redacted before it is sent'],
  ['src/workers/executor/output/json.ts', 'export const WHOLE', 'leaves strings whole'],
  [
    'src/workers/executor/output/redact-file.ts',
    'subarray(',
    'whole characters, joined again by the stream that redacts',
  ],
  ['src/workers/executor/playwright-test/inside/reporter.ts', '.slice(0, 50)', 'items of a list'],
  ['src/workers/executor/playwright-test/inside/reporter.ts', 'result.errors.slice(0, 5)', 'items of a list'],
  ['src/workers/executor/playwright-test/inside/reporter.ts', 'all.slice(first - 1', 'items of a list'],
  ['src/workers/executor/playwright-test/place.ts', 'slice(name.length + 3)', 'a switch of the host'],
  ['src/workers/executor/playwright-test/report.ts', 'html.slice(at + START.length, end)', 'an archive, redacted next'],
  ['src/workers/executor/playwright-test/tally.ts', 'failures.slice(0, MAX_FAILURES)', 'items of a list'],
  ['src/workers/executor/playwright-test/tally.ts', '.slice(0, MAX_CALLS)', 'items of a list'],
  ['src/workers/executor/process/child.ts', 'rest.slice(', 'redacted'],
  ['src/workers/executor/process/child.ts', 'line.slice(at, at + MAX_LINE)', 'redacted'],
  ['src/workers/executor/process/tail.ts', 'this.#text.slice(-this.#size)', 'redacted'],
];

const unused = new Set(ALLOWED);
const found = [];
for (const { file, line, where } of sourceLines(PLACES)) {
  if (!CUT.test(line)) continue;
  const reasons = ALLOWED.filter(([at, piece]) => at === file && line.includes(piece));
  for (const reason of reasons) unused.delete(reason);
  if (reasons.length === 0) found.push(where);
}
for (const line of found) process.stdout.write(`${line}\n`);
if (found.length > 0) {
  process.stdout.write(
    'Cut with clip, clipEnd or clipBytes of contract/kernel/redact/clip.ts; inspect with WHOLE of output/json.ts.\n',
  );
}
for (const [file, piece] of unused) process.stdout.write(`${file} has no more ${piece}: take it off the list.\n`);
if (found.length + unused.size > 0) process.exitCode = 1;
