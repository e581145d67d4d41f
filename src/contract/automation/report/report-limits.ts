/**
 * How much of what an attempt reports is kept. The host applies these rules to whatever arrives; an executor applies the same
 * functions before it sends, so that what would not be kept does not travel either.
 */
import { excessOf, KEPT_BOUNDS } from '../../kernel/bounds.ts';
import { clip, start } from '../../kernel/redact/clip.ts';
import type { Redactor } from '../../kernel/redact/redact.ts';
import type { Json } from '../../kernel/scalars.ts';
import type { StructuredLog } from '../executor.ts';

/** Largest output that is kept with the task, characters of JSON; a larger one becomes an artifact, see {@link OutputReference}. */
const MAX_OUTPUT_CHARS = 1_048_576;
/** Largest output of a step, characters of JSON; a larger one is not kept. */
const MAX_STEP_OUTPUT_CHARS = 16_384;
/** Longest message of a log line, and its longest data as JSON; characters. Longer raw output is split into lines. */
export const MAX_LOG_CHARS = 65_536;
/** Shortest time between two progress events of an attempt, ms. */
export const PROGRESS_MS = 250;

/** Name of the artifact that holds a large output. */
export const OUTPUT_FILE = 'output.json';

/** The output of a task whose own output is too large for a row. */
export type OutputReference = {
  /** Name of the artifact. */
  artifact: string;
  bytes: number;
};

/** Whether an output stays with the task. @param text the output as JSON */
export function fitsTask(output: Json, text: string): boolean {
  return text.length <= MAX_OUTPUT_CHARS && excessOf(output, KEPT_BOUNDS) === null;
}

/** The output of a step as it is kept, null when it is too large. */
export function keptStepOutput(output: Json): Json {
  return JSON.stringify(output).length <= MAX_STEP_OUTPUT_CHARS ? output : null;
}

/** Longest name of the source of a log line, characters. */
const MAX_SOURCE = 100;

/** A log line as it is kept: without secrets; a long message loses its end, long data is left out; both say so. */
export function keptLine({ source, message, data, ...line }: StructuredLog, redactor: Redactor): StructuredLog {
  return {
    ...line,
    source: clip(redactor, source, MAX_SOURCE),
    message: shortened(redactor.text(message)),
    ...(data === undefined ? {} : { data: keptData(redactor.json(data)) }),
  };
}

function shortened(message: string): string {
  if (message.length <= MAX_LOG_CHARS) return message;
  const kept = start(message, MAX_LOG_CHARS - `… (${message.length} more characters)`.length);
  return `${kept}… (${message.length - kept.length} more characters)`;
}

function keptData(data: Json): Json {
  const { length } = JSON.stringify(data);
  return length <= MAX_LOG_CHARS ? data : { omitted: `${length} characters of data` };
}
