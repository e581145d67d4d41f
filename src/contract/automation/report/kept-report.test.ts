import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../kernel/redact/redact.ts';
import type { ExecutorNote, ExecutorResult } from '../executor.ts';
import type { FailureEvidence } from './evidence.ts';
import { keptNote, keptProblem, keptResult } from './kept-report.ts';
import { keptLine } from './report-limits.ts';

const SECRET = 'S3CR3T-marker-Qx7Zp0Lm4Nn8Vb2Ty6Rw1Ks5Hd9';
/** Lines that are too short to be looked for one by one. */
const LINES = Array.from({ length: 12 }, (_, n) => `l${n}-Zq7x`).join('\n');

/** Longer than every limit of a text, and of a letter that nothing else here has. */
const LONG = 'x'.repeat(1_000_000);

/** Every limit that some text of a value was cut at. */
function limitsOf(kept: unknown): number[] {
  const runs = JSON.stringify(kept).match(/x{50,}/g) ?? [];
  return [...new Set(runs.map((run) => run.length))].filter((length) => length < LONG.length);
}

const problem = (text: string) => ({
  ...{ type: 't', title: 'T', status: 500, code: 'c', detail: text },
  ...{ stack: text, errors: { [`e ${text}`]: text } },
});
const evidence = (text: string): FailureEvidence => ({
  screenshot: text,
  page_url: text,
  call_log: [text],
  source: { file: text, line: 1, first_line: 1, lines: [text] },
  console: [{ at: '2026-01-01T00:00:00.000Z', level: 'info', text, url: text, line: 1 }],
  requests: [{ at: '2026-01-01T00:00:00.000Z', method: text, url: text, status: 1, reason: text }],
  response: {
    ...{ status: 1, status_text: text, url: text, headers: { [text]: text }, body: text },
    ...{ bytes: 1, truncated: false },
  },
  stderr: text,
});

/** Every message with every text that an executor can put into it. */
const NOTES: [name: string, make: (text: string) => ExecutorNote][] = [
  ['progress', (message) => ({ t: 'progress', percent: 1, message })],
  ['step_start', (name) => ({ t: 'step_start', seq: 1, parent: null, name, at: 1 })],
  [
    'step_end',
    (text) => ({ t: 'step_end', seq: 1, status: 'failed', output: { [text]: text }, error: problem(text), at: 1 }),
  ],
  ['artifact', (text) => ({ t: 'artifact', kind: 'output', name: text, mime: text, file: 'f', has_secret: false })],
  [
    'artifact type',
    (text) => ({ t: 'artifact', kind: 'output', name: 'n', mime: `text/${text}`, file: 'f', has_secret: false }),
  ],
  ['evidence of a step', (text) => ({ t: 'evidence', seq: 1, evidence: evidence(text) })],
  ['evidence of the attempt', (text) => ({ t: 'evidence', seq: null, evidence: evidence(text) })],
];
const failed = (text: string): ExecutorResult => ({
  ...{ t: 'result', ok: false, outcome: 'failed', error: problem(text), retryable: true, exit_code: 1 },
});
const line = (text: string) =>
  ({ level: 'info', source: text, message: text, step: null, data: { [text]: text }, at: 0 }) as const;

const redactor = createRedactor([SECRET, LINES]);
const KEPT: [name: string, keep: (text: string) => unknown][] = [
  ...NOTES.map(([name, make]): [string, (text: string) => unknown] => [name, (text) => keptNote(make(text), redactor)]),
  ['result', (text) => keptResult(failed(text), redactor)],
  ['output', (text) => keptResult({ t: 'result', ok: true, output: [text] }, redactor)],
  ['log line', (text) => keptLine(line(text), redactor)],
];

/** The longest part of a secret in a text. */
function longestRun(text: string, secret: string): number {
  let longest = 0;
  for (let from = 0; from < secret.length; from++) {
    while (from + longest < secret.length && text.includes(secret.slice(from, from + longest + 1))) longest += 1;
  }
  return longest;
}

// Catches a text that is cut before it is redacted: what the cut leaves of a secret is not found any more.
describe.each(KEPT)('%s', (_name, keep) => {
  test.each([
    ['a secret', SECRET],
    ['a secret of short lines', LINES],
  ])('leaves nothing of %s that lies across any limit', (_what, secret) => {
    // 127: the longest name of a media type.
    for (const limit of [127, ...limitsOf(keep(LONG))]) {
      for (const inside of [1, 8, secret.length >> 1, secret.length - 1]) {
        // From the start, and for what is kept of the end.
        for (const text of [
          'a'.repeat(limit - inside) + secret + ' and more'.repeat(10),
          'more '.repeat(10) + secret + 'a'.repeat(limit - inside),
        ]) {
          const kept = JSON.stringify(keep(text));
          expect(
            longestRun(kept, JSON.stringify(secret).slice(1, -1)),
            `limit ${limit}, ${inside} inside`,
          ).toBeLessThan(8);
        }
      }
    }
  });
});

// Catches a text that goes from a script into rows, events and an index, millions of characters long.
test.each(KEPT.filter(([name]) => name !== 'output'))('%s is short', (_name, keep) => {
  expect(JSON.stringify(keep(LONG)).length).toBeLessThan(200_000);
});

describe('a forged problem', () => {
  const forged = {
    ...{ type: SECRET, title: SECRET, status: 4_821_390, code: SECRET, detail: SECRET, instance: SECRET },
    ...{ errors: { [SECRET]: SECRET }, [SECRET]: { [SECRET]: [SECRET] }, line: 3 },
  };

  // Catches members that are kept as they came because the protocol gives them a meaning.
  test('has no secret in any member', () => {
    const kept = keptProblem(forged, createRedactor([SECRET, '4821390']));
    expect(JSON.stringify(kept)).not.toContain(SECRET.slice(0, 8));
    expect(kept).toMatchObject({ status: 500, code: 'internal_server_error', title: 'Internal Server Error', line: 3 });
  });

  test('of the catalogue keeps what it says', () => {
    const kept = keptProblem({ ...problem('why'), code: 'expectation_failed', expected: { status: [200] } }, redactor);
    expect(kept).toMatchObject({ code: 'expectation_failed', detail: 'why', expected: { status: [200] } });
  });

  // Catches a limit that holds for texts and not for what is nested, or for one member and not for all.
  test.each([
    ['deep', { deep: JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`) as unknown }],
    ['of many lists', { many: Array.from({ length: 20_000 }, () => []) }],
    ['of many members', Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`m${n}`, n]))],
    ['of long members', Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`m${n}`, LONG]))],
    ['of long names', { [LONG]: 1, [`${LONG}y`]: { [LONG]: 1 } }],
    ['with bytes', { bytes: new Uint8Array(100_000) }],
  ])('%s is short', (_how, more) => {
    const kept = keptProblem({ ...problem('why'), ...more }, redactor);
    expect(JSON.stringify(kept).length).toBeLessThan(200_000);
    expect(JSON.stringify(kept)).not.toContain('[[[[[[[[[');
  });
});
