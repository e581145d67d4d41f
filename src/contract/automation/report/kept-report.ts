/**
 * What is kept of an executor's messages: without secrets, each text within its limit. An executor applies this before it sends, and the host
 * to whatever arrives. Members are redacted one by one: a secret like `1700` must not hit the numbers that the protocol itself needs.
 */
import { type Bounds, excessOf } from '../../kernel/bounds.ts';
import { AppError, ERRORS, type ErrorSlug, type Problem, problemOf } from '../../kernel/errors.ts';
import { clip } from '../../kernel/redact/clip.ts';
import type { Redactor } from '../../kernel/redact/redact.ts';
import { Json } from '../../kernel/scalars.ts';
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
/** Further members of a problem: so many, with names so long, and of all so much; characters of JSON. */
const MORE = { items: 50, name: 100, size: 100_000 } as const;
/** A further member that is no text. */
const MORE_BOUNDS: Bounds = { depth: 8, members: 2000, containers: 500, string: MAX_PROBLEM_TEXT, size: MORE.size };

/** Texts by what they are about: so many, and of each so much; characters. */
const TEXTS = { items: 100, name: 500, text: 2000 } as const;

function keptErrors(errors: Record<string, string>, redactor: Redactor): Record<string, string> {
  const first = Object.entries(errors).slice(0, TEXTS.items);
  return Object.fromEntries(
    first.map(([name, text]) => [clip(redactor, name, TEXTS.name), clip(redactor, text, TEXTS.text)]),
  );
}

/** What else a problem says: each member as it is kept, in order, as far as there is room for all. */
function keptMembers(members: Record<string, unknown>, redactor: Redactor): Record<string, Json> {
  const kept: [string, Json][] = [];
  let size = 0;
  for (const [name, value] of Object.entries(members).slice(0, MORE.items)) {
    const text = typeof value === 'string' ? clip(redactor, value, MAX_PROBLEM_TEXT) : value;
    if (excessOf(text, MORE_BOUNDS) !== null) continue;
    const json = Json.safeParse(redactor.json(text));
    if (!json.success) continue;
    size += JSON.stringify(json.data).length;
    if (size > MORE.size) break;
    kept.push([clip(redactor, name, MORE.name), json.data]);
  }
  return Object.fromEntries(kept);
}

/**
 * A problem as it is kept. Type, title, status and code are those of the catalogue: whoever makes a problem could write a secret in them.
 */
export function keptProblem(problem: Problem, redactor: Redactor): Problem {
  const { type: _type, title: _title, status: _status, code, detail, errors, ...more } = problem;
  const named = code.replaceAll('_', '-');
  const slug = Object.hasOwn(ERRORS, named) ? (named as ErrorSlug) : 'internal-server-error';
  return {
    ...keptMembers(more, redactor),
    ...problemOf(new AppError(slug, clip(redactor, detail, MAX_PROBLEM_TEXT))),
    ...(errors === undefined ? {} : { errors: keptErrors(errors, redactor) }),
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
