/**
 * What is kept of an executor's messages: without secrets, each text within its limit. An executor applies this before it sends, and the host
 * to whatever arrives. Members are redacted one by one: a secret like `1700` must not hit the numbers that the protocol itself needs.
 */
import type { Problem } from '../../kernel/errors.ts';
import { clip, start } from '../../kernel/redact/clip.ts';
import { type Redactor, redactProblem } from '../../kernel/redact/redact.ts';
import type { ExecutorNote, ExecutorResult } from '../executor.ts';
import { artifactName } from './artifact-name.ts';
import { keptEvidence } from './evidence.ts';
import { parseMediaType } from './media-type.ts';
import { keptStepOutput } from './report-limits.ts';

/** Longest name of a step, characters. */
export const MAX_STEP_NAME = 500;
/** Longest message of progress, characters. */
const MAX_PROGRESS = 1000;
/** Longest detail, and longest further text, of a problem: it stands in rows, events and an index; characters. */
const MAX_PROBLEM_TEXT = 65_536;
/** Longest type and title, and longest code, of a problem; characters. */
const MAX_PROBLEM_NAME = 200;
const MAX_PROBLEM_CODE = 100;

/** Texts by what they are about: so many, and of each so much; characters. */
const ERRORS = { items: 100, name: 500, text: 2000 } as const;

function keptErrors(errors: Record<string, string>): Record<string, string> {
  const first = Object.entries(errors).slice(0, ERRORS.items);
  return Object.fromEntries(first.map(([name, text]) => [start(name, ERRORS.name), start(text, ERRORS.text)]));
}

/** A problem as it is kept. */
export function keptProblem(problem: Problem, redactor: Redactor): Problem {
  const clean = redactProblem(problem, redactor);
  const texts = Object.entries(clean).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, start(value, MAX_PROBLEM_TEXT)]] : [],
  );
  return {
    ...clean,
    ...Object.fromEntries(texts),
    type: start(clean.type, MAX_PROBLEM_NAME),
    title: start(clean.title, MAX_PROBLEM_NAME),
    code: start(clean.code, MAX_PROBLEM_CODE),
    ...(clean.errors === undefined ? {} : { errors: keptErrors(clean.errors) }),
  };
}

/** What an executor says of an attempt, as it is kept. */
export function keptNote(note: ExecutorNote, redactor: Redactor): ExecutorNote {
  switch (note.t) {
    case 'progress':
      return { ...note, message: note.message === null ? null : clip(redactor, note.message, MAX_PROGRESS) };
    case 'step_start':
      return { ...note, name: clip(redactor, note.name, MAX_STEP_NAME) };
    case 'step_end':
      return {
        ...note,
        output: keptStepOutput(redactor.json(note.output)),
        error: note.error === null ? null : keptProblem(note.error, redactor),
      };
    case 'artifact':
      return { ...note, name: artifactName(redactor.text(note.name)), mime: parseMediaType(redactor.text(note.mime)) };
    case 'evidence':
      return { ...note, evidence: keptEvidence(note.evidence, note.seq === null ? 'attempt' : 'step', redactor) };
  }
}

/** The result of an attempt, as it is kept; an output that is too large for a row is moved elsewhere by whoever keeps it. */
export function keptResult(result: ExecutorResult, redactor: Redactor): ExecutorResult {
  return result.ok
    ? { ...result, output: redactor.json(result.output) }
    : { ...result, error: keptProblem(result.error, redactor) };
}
