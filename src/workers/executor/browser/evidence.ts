/** What surrounds the failure of a script: its lines, Playwright's call log, the page with its console and requests. */
import { stripVTControlCharacters } from 'node:util';
import type { FailureEvidence, SourceExcerpt } from '../../../contract/automation/report/evidence.ts';
import type { Problem } from '../../../contract/kernel/errors.ts';

/** Lines that are shown before and after the one that failed. */
const AROUND = 2;
const CALL_LOG = /\nCall log:\n([\s\S]*?)(?:\n\s*\n|$)/;

/** What Playwright did until an action failed; undefined when the error is none of Playwright's. */
export function callLogOf(error: unknown): string[] | undefined {
  if (!(error instanceof Error)) return undefined;
  const log = CALL_LOG.exec(stripVTControlCharacters(error.message))?.[1];
  const lines = log?.split('\n').flatMap((line) => {
    const text = line.replace(/^\s*- /, '').trimEnd();
    return text.trim() === '' ? [] : [text];
  });
  return lines === undefined || lines.length === 0 ? undefined : lines;
}

/** The lines around a position; undefined when the script has no such line. */
export function excerptAt(script: string, file: string, line: number): SourceExcerpt | undefined {
  const all = script.split(/\r?\n/);
  if (line < 1 || line > all.length) return undefined;
  const first = Math.max(1, line - AROUND);
  return { file, line, first_line: first, lines: all.slice(first - 1, line + AROUND) };
}

/** What an error and its problem tell by themselves. */
export function evidenceOf(error: unknown, { line }: Problem, script: string, file: string): FailureEvidence {
  const call_log = callLogOf(error);
  const source = typeof line === 'number' ? excerptAt(script, file, line) : undefined;
  return {
    ...(call_log === undefined ? {} : { call_log }),
    ...(source === undefined ? {} : { source }),
  };
}

/** The part of an attempt's evidence that came up since `ms`. */
export function since(ms: number, evidence: FailureEvidence): FailureEvidence {
  const from = new Date(ms).toISOString();
  return {
    console: (evidence.console ?? []).filter(({ at }) => at >= from),
    requests: (evidence.requests ?? []).filter(({ at }) => at >= from),
  };
}
