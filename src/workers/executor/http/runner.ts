/** Runs HTTP requests. The operator's own machine and network are allowed as targets: it is their request. */
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpSpec } from '../../../contract/automation/kinds/http.ts';
import type { FailedResponse } from '../../../contract/automation/report/evidence.ts';
import { OUTPUT_BOUNDS, parseBounded } from '../../../contract/kernel/bounds.ts';
import { clip, clipBytes } from '../../../contract/kernel/redact/clip.ts';
import type { Json } from '../../../contract/kernel/scalars.ts';
import { Failure } from '../failure.ts';
import { textOf } from '../output/artifacts.ts';
import { streamNew } from '../output/new-file.ts';
import type { Run, Runner } from '../run.ts';
import { networkFailure, retryAfter } from './error.ts';
import { type Answer, unmet } from './expect.ts';
import { type HttpRequest, MAX_REDIRECTS, redirected, type SecretsOf, tooManyRedirects } from './redirect.ts';

/** Largest body that expectations look into, bytes. */
const MAX_CHECKED = 32 * 1024 * 1024;
/** Longest detail of a failure, characters. */
const MAX_DETAIL = 2000;
/** Largest body that is kept, bytes. */
const MAX_BODY = 256 * 1024 * 1024;
/** Largest body that arrives compressed, bytes after decompression: a thousandth of it is enough to send. */
const MAX_DECOMPRESSED = 64 * 1024 * 1024;

const EXTENSIONS: readonly [pattern: RegExp, extension: string][] = [
  [/[/+]json\b/, 'json'],
  [/^text\/html\b/, 'html'],
  [/^text\/csv\b/, 'csv'],
  [/[/+]xml\b/, 'xml'],
  [/^text\//, 'txt'],
  [/^image\/png\b/, 'png'],
  [/^image\/jpeg\b/, 'jpg'],
  [/^application\/pdf\b/, 'pdf'],
  [/^application\/zip\b/, 'zip'],
];

function urlOf(spec: HttpSpec): URL {
  const url = URL.parse(spec.url);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Failure('validation-error', `${JSON.stringify(spec.url)} is not an http or https address.`, {
      retryable: false,
      errors: { url: 'must be an absolute http or https address' },
    });
  }
  for (const [name, value] of Object.entries(spec.query)) url.searchParams.append(name, value);
  return url;
}

function requestOf(spec: HttpSpec, url: URL): HttpRequest {
  const headers = new Headers(spec.headers);
  if (!headers.has('user-agent')) headers.set('user-agent', 'TabAgent');
  let body: string | null = null;
  if (spec.body !== null) {
    body = 'text' in spec.body ? spec.body.text : JSON.stringify(spec.body.json);
    if (!headers.has('content-type'))
      headers.set('content-type', 'json' in spec.body ? 'application/json' : 'text/plain; charset=utf-8');
  }
  return { method: spec.method, url, headers, body };
}

interface Body {
  bytes: number;
  /** The first {@link MAX_CHECKED} bytes. */
  head: Buffer;
  file: string;
}

function tooLarge(response: Response, limit: number): Failure {
  const how = response.headers.has('content-encoding') ? ' after decompression' : '';
  const detail = `${new URL(response.url).host} sent more than ${limit / 1024 ** 2} MiB${how}; ask for less at a time.`;
  return new Failure('payload-too-large', detail, { retryable: false, extra: { limit_bytes: limit } });
}

/** Streams a body into a file and keeps its head. @throws Failure `payload-too-large` */
async function download(response: Response, file: string): Promise<Body> {
  const parts: Buffer[] = [];
  let bytes = 0;
  const limit = response.headers.has('content-encoding') ? MAX_DECOMPRESSED : MAX_BODY;
  async function* tap(source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      if (bytes < MAX_CHECKED) parts.push(Buffer.from(chunk.subarray(0, MAX_CHECKED - bytes)));
      bytes += chunk.byteLength;
      if (bytes > limit) throw tooLarge(response, limit);
      yield chunk;
    }
  }
  await pipeline(response.body ?? Readable.from([]), tap, streamNew(file));
  return { bytes, head: Buffer.concat(parts), file };
}

function parse(text: string | null): Json | undefined {
  if (text === null || text.trim() === '') return undefined;
  try {
    // A JSON text gives nothing but JSON.
    return parseBounded(text, OUTPUT_BOUNDS) as Json;
  } catch {
    return undefined;
  }
}

/** What the task shows of the body: JSON when it is small enough, else the beginning of the text, nothing for bytes. */
function shown(
  { redactor }: Run,
  body: Body,
  { text, json }: Pick<Answer, 'text' | 'json'>,
  limit: number,
): Record<string, Json> {
  if (body.bytes === 0) return { body: null };
  if (json !== undefined && body.bytes <= limit) return { json };
  if (text === null) return { body: null, truncated: true };
  return { body: clipBytes(redactor, text, limit), truncated: body.bytes > limit };
}

/** The response for the evidence, which shows the beginning of the body. */
function evidenceOf(response: Response, url: URL, body: Body, text: string | null): FailedResponse {
  return {
    status: response.status,
    status_text: response.statusText,
    url: response.url || url.href,
    headers: Object.fromEntries(response.headers),
    body: text === '' ? null : text,
    bytes: body.bytes,
    truncated: false,
  };
}

/** Sends one request of a chain. @throws Failure by what is wrong with the network */
async function send(run: Run, { url, ...request }: HttpRequest): Promise<Response> {
  try {
    return await fetch(url, { ...request, redirect: 'manual', signal: run.signal });
  } catch (error) {
    run.signal.throwIfAborted();
    throw networkFailure(error, url);
  }
}

/** Sends a request, follows redirects when the spec says so, and answers the last response. */
async function exchange(run: Run, spec: HttpSpec, first: HttpRequest): Promise<Response> {
  const { redactor, job } = run;
  // Redaction leaves very short secrets alone; another origin must not get them either.
  const holdsSecret = (text: string) =>
    redactor.text(text) !== text || job.secrets.some((secret) => secret !== '' && text.includes(secret));
  // Values may be trimmed or escaped on the way: what was filled in from a secret stays one, whatever it looks like.
  const parts = job.secret_parts.map((part) => part.toLowerCase());
  const isSecret: SecretsOf = {
    header: (name, value) => parts.includes(`headers.${name.toLowerCase()}`) || holdsSecret(value),
    body: (text) => parts.some((part) => part.startsWith('body.')) || holdsSecret(text),
  };
  let request = first;
  for (let hops = 0; ; hops++) {
    const response = await send(run, request);
    const next = spec.follow_redirects ? redirected(request, response, isSecret) : null;
    if (next === null) return response;
    await response.body?.cancel();
    if (hops >= MAX_REDIRECTS) throw tooManyRedirects(request.url.host);
    const without = next.dropped.length === 0 ? '' : ` without ${next.dropped.join(', ')}: it is another origin`;
    run.log.write('info', 'host', `${response.status} to ${next.request.url.href}${without}`);
    request = next.request;
  }
}

async function bodyOf(run: Run, response: Response, url: URL): Promise<Body> {
  try {
    return await download(response, join(run.job.temp_dir, 'response'));
  } catch (error) {
    run.signal.throwIfAborted();
    if (error instanceof Failure) throw error;
    throw networkFailure(error, url);
  }
}

/** @see HttpSpec */
export const runHttp: Runner<HttpSpec> = async (run, spec) => {
  const url = urlOf(spec);
  run.log.write('info', 'host', `${spec.method} ${url.href}`);
  const started = performance.now();
  const response = await exchange(run, spec, requestOf(spec, url));
  const body = await bodyOf(run, response, url);
  const durationMs = Math.round(performance.now() - started);
  run.log.write('info', 'host', `${response.status} ${response.statusText} in ${durationMs} ms, ${body.bytes} bytes`);

  const type = response.headers.get('content-type') ?? 'application/octet-stream';
  const text = body.bytes > MAX_CHECKED ? null : textOf(body.head);
  const answer: Answer = { status: response.status, headers: response.headers, text, json: parse(text), durationMs };
  let artifact: string | null = null;
  if (body.bytes > 0) {
    const extension = EXTENSIONS.find(([pattern]) => pattern.test(type))?.[1] ?? 'bin';
    artifact = await run.artifacts.addFile(
      { kind: 'output', name: `response.${extension}`, mime: type.split(';', 1)[0] ?? type },
      body.file,
    );
  }

  const errors = unmet(spec.expect, answer, run.redactor);
  for (const [path, message] of Object.entries(errors)) run.log.write('error', 'host', `${path} ${message}`);
  if (Object.keys(errors).length > 0) {
    run.evidence.response = evidenceOf(response, url, body, text);
    const transient = response.status === 429 || response.status >= 500;
    const seconds = transient ? retryAfter(response.headers.get('retry-after'), Date.now()) : undefined;
    const list = Object.entries(errors).map(([path, message]) => `${path.replace(/^expect\./, '')} ${message}`);
    throw new Failure(
      'expectation-failed',
      clip(run.redactor, `${url.host} answered ${response.status}: ${list.join('; ')}.`, MAX_DETAIL),
      {
        retryable: transient,
        errors,
        extra: { http_status: response.status, ...(seconds === undefined ? {} : { retry_after: seconds }) },
      },
    );
  }
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    url: response.url || url.href,
    duration_ms: durationMs,
    bytes: body.bytes,
    artifact,
    ...shown(run, body, answer, spec.max_output_bytes),
  };
};
