/** What surrounds a failure: collected while an attempt runs, kept with the attempt and the step that failed, shown beside the error. */
import { z } from 'zod';
import { clip, clipEnd, start, type TextRedactor } from '../../kernel/redact/clip.ts';
import { Timestamp } from '../../kernel/scalars.ts';

/** A line that a page wrote to its console, or an error that it did not catch. */
export const PageMessage = z.object({
  at: Timestamp,
  level: z.enum(['debug', 'info', 'warn', 'error']),
  text: z.string(),
  /** Script that wrote it and the line in it, from 1. */
  url: z.string().nullable(),
  line: z.int().nullable(),
});
export type PageMessage = z.infer<typeof PageMessage>;

/** A request of a page that got no answer, or one of 400 and above. */
export const FailedRequest = z.object({
  at: Timestamp,
  method: z.string(),
  url: z.string(),
  /** Null when there was no answer. */
  status: z.int().nullable(),
  /** The browser's error or the status text. */
  reason: z.string(),
});
export type FailedRequest = z.infer<typeof FailedRequest>;

/** Lines of a script around the one that failed. */
export const SourceExcerpt = z.object({
  file: z.string(),
  /** The line that failed, and that of the first of `lines`, from 1. */
  line: z.int(),
  first_line: z.int(),
  lines: z.array(z.string()),
});
export type SourceExcerpt = z.infer<typeof SourceExcerpt>;

/** An HTTP response that did not meet the expectations of its command. */
export const FailedResponse = z.object({
  status: z.int(),
  status_text: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Beginning of the body; null when it is empty or not text. */
  body: z.string().nullable(),
  bytes: z.int(),
  truncated: z.boolean(),
});
export type FailedResponse = z.infer<typeof FailedResponse>;

/** Every part is there when the kind of command has it and it was found. */
export const FailureEvidence = z.object({
  /** Name of the artifact with the picture of the page. */
  screenshot: z.string().optional(),
  /** Address of the page. */
  page_url: z.string().optional(),
  /** What Playwright did until the action failed. */
  call_log: z.array(z.string()).optional(),
  source: SourceExcerpt.optional(),
  /** The latest console lines of all pages, oldest first. */
  console: z.array(PageMessage).optional(),
  /** The latest requests that failed, oldest first. */
  requests: z.array(FailedRequest).optional(),
  response: FailedResponse.optional(),
  /** The end of a program's standard error. */
  stderr: z.string().optional(),
});
export type FailureEvidence = z.infer<typeof FailureEvidence>;

/** How much of an attempt's evidence is kept: list items, and characters of one text. */
const ATTEMPT_LIMITS = { items: 50, text: 1000, block: 8192 } as const;
/** Of a step there can be thousands, so it keeps less. */
const STEP_LIMITS = { items: 10, text: 500, block: 4096 } as const;
/** Headers of a response that are kept. */
const MAX_HEADERS = 60;

/** Items of a list that are collected at most. */
export const MAX_EVIDENCE_ITEMS = ATTEMPT_LIMITS.items;

/**
 * Evidence as it is kept: without secrets, each text and list within its limit. Texts are redacted one by one, so that a secret like
 * `level` or `404` cannot change the members that the protocol itself needs.
 * @param of what it belongs to
 */
export function keptEvidence(
  evidence: FailureEvidence,
  of: 'attempt' | 'step',
  redactor: TextRedactor,
): FailureEvidence {
  const limits = of === 'attempt' ? ATTEMPT_LIMITS : STEP_LIMITS;
  const text = (value: string) => clip(redactor, value, limits.text, '…');
  const orNull = (value: string | null) => (value === null ? null : text(value));
  const { screenshot, page_url, call_log, source, console: messages, requests, response, stderr } = evidence;
  return {
    ...(screenshot === undefined ? {} : { screenshot: text(screenshot) }),
    ...(page_url === undefined ? {} : { page_url: text(page_url) }),
    ...(call_log === undefined ? {} : { call_log: call_log.slice(0, limits.items).map(text) }),
    ...(source === undefined
      ? {}
      : { source: { ...source, file: text(source.file), lines: source.lines.slice(0, limits.items).map(text) } }),
    ...(messages === undefined
      ? {}
      : {
          console: messages
            .slice(-limits.items)
            .map((line) => ({ ...line, text: text(line.text), url: orNull(line.url) })),
        }),
    ...(requests === undefined
      ? {}
      : {
          requests: requests.slice(-limits.items).map(({ at, status, ...request }) => ({
            at,
            status,
            method: text(request.method),
            url: text(request.url),
            reason: text(request.reason),
          })),
        }),
    ...(response === undefined ? {} : { response: keptResponse(response, text, redactor, limits.block) }),
    ...(stderr === undefined ? {} : { stderr: clipEnd(redactor, stderr, limits.block) }),
  };
}

function keptResponse(
  { status, bytes, truncated, ...response }: FailedResponse,
  text: (value: string) => string,
  redactor: TextRedactor,
  block: number,
): FailedResponse {
  const body = response.body === null ? null : redactor.text(response.body);
  return {
    status,
    status_text: text(response.status_text),
    url: text(response.url),
    headers: Object.fromEntries(
      Object.entries(response.headers)
        .slice(0, MAX_HEADERS)
        .map(([name, value]) => [text(name), text(value)]),
    ),
    body: body === null ? null : start(body, block),
    bytes,
    truncated: truncated || (body !== null && body.length > block),
  };
}
