/** What went wrong in a script, in the terms of its author: message, line, column and a stack without our own frames. */
import { inspect, stripVTControlCharacters } from 'node:util';
import { clip, type TextRedactor } from '../../../contract/kernel/redact/clip.ts';
import { Failure } from '../failure.ts';
import { NotJson, WHOLE } from '../output/json.ts';
import type { Step } from '../output/steps.ts';

/** Where a script lies and what its author calls it. */
export interface ScriptFile {
  /** `file:` URL that the module was loaded from. */
  url: string;
  /** Absolute path. */
  path: string;
  /** `script.ts` or `script.mjs`. */
  label: string;
}

/** Longest message shown, characters. */
const MAX_DETAIL = 2000;
/** Playwright appends its protocol log, command lines and paths to messages. */
const PLAYWRIGHT_LOG = /\n(?:Call log:|Browser logs:|=+ logs =+)/;

const messageOf = (error: unknown) =>
  error instanceof Error ? error.message : typeof error === 'string' ? error : inspect(error, WHOLE);

/** Everything that a thrown value says, for the log. */
export function fullText(error: unknown): string {
  return stripVTControlCharacters((error instanceof Error ? error.stack : undefined) ?? messageOf(error));
}

/** What a thrown value says, as a problem's detail: without secrets, and without what Playwright appends. */
export function detailOf(error: unknown, redactor: TextRedactor): string {
  const plain = redactor.text(stripVTControlCharacters(messageOf(error)).trim());
  const detail = PLAYWRIGHT_LOG.test(plain) ? (plain.split('\n', 1)[0] ?? '') : plain;
  const name =
    error instanceof Error && error.name !== 'Error' && !detail.startsWith(error.name) ? `${error.name}: ` : '';
  return clip(redactor, name + detail, MAX_DETAIL) || 'The script threw an error without a message.';
}

/**
 * Position of the first frame inside the script. One stack may name the file in both ways: Playwright writes the path in the frames
 * that it captured, V8 the URL in those of the awaiting functions.
 */
export function positionOf(stack: string, { url, path }: ScriptFile): { line: number; column: number } | undefined {
  const found = [url, path].flatMap((name) => {
    for (let at = stack.indexOf(`${name}:`); at >= 0; at = stack.indexOf(`${name}:`, at + 1)) {
      const match = /^(\d+)(?::(\d+))?/.exec(stack.slice(at + name.length + 1, at + name.length + 20));
      if (match !== null) return [{ at, line: Number(match[1]), column: Number(match[2] ?? 1) }];
    }
    return [];
  });
  const first = found.toSorted((a, b) => a.at - b.at)[0];
  return first && { line: first.line, column: first.column };
}

/** The frames of a stack that lie in the script, with its label instead of its path. */
export function scriptStack(error: unknown, file: ScriptFile, redactor: TextRedactor): string | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined;
  const frames = stripVTControlCharacters(error.stack)
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && (line.includes(file.url) || line.includes(file.path)))
    .map((line) => line.replaceAll(file.url, file.label).replaceAll(file.path, file.label));
  return frames.length === 0 ? undefined : [detailOf(error, redactor), ...frames].join('\n');
}

/** A Playwright error that says that there is no browser any more. */
export const isBrowserGone = (error: unknown) =>
  error instanceof Error &&
  (/Browser closed|Page crashed/.test(error.message) ||
    (/(?:has been|was) closed/.test(error.message) && /Target|[Pp]age|context|browser/.test(error.message)));

/**
 * Turns what a script threw into a failure.
 * @param where step that it came out of
 * @param browserGone whether the browser ended unexpectedly
 */
export function scriptFailure(
  error: unknown,
  file: ScriptFile,
  where: Step | undefined,
  browserGone: boolean,
  redactor: TextRedactor,
): Failure {
  if (error instanceof Failure) return error;
  const stack = scriptStack(error, file, redactor);
  const extra = {
    ...(error instanceof Error && error.stack !== undefined ? positionOf(error.stack, file) : {}),
    ...(stack === undefined ? {} : { stack }),
    ...(where === undefined ? {} : { step: where.name, step_seq: where.seq }),
  };
  if (browserGone && isBrowserGone(error)) {
    return new Failure('browser-failed', 'The browser was closed or crashed while the script ran.', {
      retryable: true,
      extra,
      cause: error,
    });
  }
  return new Failure('script-error', detailOf(error, redactor), {
    retryable: !(error instanceof NotJson),
    extra,
    cause: error,
  });
}
