/** What the fuzzer sends: inputs of operations, requests with bytes, frames. */
import { contract } from '../../src/contract/index.ts';
import type { Operation } from '../../src/contract/kernel/define.ts';
import { type Fuzzer, HOSTILE, inputSchema } from '../support/fuzz.ts';

/** All there are: none ends the host, whose own end (`shell_quit`) only the desktop's shell offers. */
export const operations = Object.entries(contract as Record<string, Operation>);
const ids = operations.map(([id]) => id);
const inputs = new Map(operations.map(([id, { input }]) => [id, input]));
const schemas = new Map(operations.map(([id, { input }]) => [id, inputSchema(input)]));

/** An input that fits, or one of five that has been changed somewhere. No answer is waited for longer than it takes. */
export function inputOf(fuzzer: Fuzzer, id: string): unknown {
  let fits = fuzzer.fitting(schemas.get(id) ?? {});
  // What a schema refines is not in its data: some inputs that seem to fit do not.
  for (let tries = 0; tries < 3 && !inputs.get(id)?.safeParse(fits).success; tries++) {
    fits = fuzzer.fitting(schemas.get(id) ?? {});
  }
  if (typeof fits === 'object' && fits !== null && 'wait' in fits) delete fits.wait;
  return fuzzer.chance(0.2) ? fuzzer.mutated(fits) : fits;
}

/** A request whose answer or body is bytes. */
export interface ByteRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
}

/** What may stand in a header; the rest Node's client does not send. */
const HEADER_VALUES = [
  ...HOSTILE.filter((value): value is string => typeof value === 'string' && /^[\t\x20-\x7e]{0,3000}$/.test(value)),
  ...[
    'bytes=0-0',
    'bytes=-1',
    'bytes=5-1',
    'bytes=0-,1-',
    'bytes=99999999999999999999-',
    'items=0-1',
    '"3"',
    'W/"1"',
    '*',
  ],
];
const HEADERS = [
  'range',
  'if-range',
  'if-none-match',
  'if-match',
  'idempotency-key',
  'last-event-id',
  'accept-encoding',
];
const TYPES = [
  'text/plain',
  'application/json',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'image/png',
  '',
];

/** Headers that an operation may look at. */
export function headersOf(fuzzer: Fuzzer): Record<string, string> {
  if (fuzzer.chance(0.8)) return {};
  return { [fuzzer.pick(HEADERS)]: fuzzer.pick(HEADER_VALUES) };
}

/** A file that is sent, or one that is asked for; `put` and `content` are addresses that are good once. */
export function byteRequest(fuzzer: Fuzzer, { put, content }: { put: string; content: string }): ByteRequest {
  const pathOf = (url: string) => url.replace(/^https?:\/\/[^/]+/, '');
  const headers = headersOf(fuzzer);
  if (fuzzer.chance(0.3)) return { method: fuzzer.pick(['GET', 'HEAD']), path: pathOf(content), headers };
  const bytes = Buffer.from(fuzzer.pick(['', 'short', 'x'.repeat(70_000)]));
  const [method, path] = fuzzer.chance(0.5)
    ? ['PUT', pathOf(put)]
    : ['POST', `/v1/uploads${fuzzer.pick(['', '?name=a&mime=text/plain', '?name=%00&name=b', '?mime=%0d%0a'])}`];
  if (fuzzer.chance(0.5)) {
    return {
      method,
      path,
      headers: { ...headers, 'content-type': fuzzer.pick(TYPES) },
      body: fuzzer.garbledBytes(bytes),
    };
  }
  const field = (disposition: string, content: Buffer) => [
    Buffer.from(`--edge\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n`),
    content,
    Buffer.from('\r\n'),
  ];
  const form = Buffer.concat([
    ...field('name="note"', Buffer.from('a')),
    ...field('name="file"; filename="ü.txt"', bytes),
    Buffer.from('--edge--\r\n'),
  ]);
  const body = fuzzer.chance(0.5) ? form : fuzzer.garbledBytes(form);
  return { method, path, headers: { ...headers, 'content-type': 'multipart/form-data; boundary=edge' }, body };
}

/** Mostly calls; some frames of other kinds, and some that are none. */
export function frameOf(fuzzer: Fuzzer, n: number): unknown {
  const op = fuzzer.pick(ids);
  const call = { t: 'call', id: n, op, input: inputOf(fuzzer, op) };
  if (fuzzer.chance(0.9)) return call;
  const frame = fuzzer.pick([
    { ...call, request_id: 'x', idem: 'once' },
    { t: 'cancel', id: n - 1 },
    { t: 'hello', v: 1, token: 'x' },
    { t: 'ping', n: -n },
    { t: 'pong', n },
    call,
  ]);
  return fuzzer.chance(0.5) ? fuzzer.mutated(frame) : frame;
}

/** As WebSocket messages. */
export function messageOf(fuzzer: Fuzzer, n: number): string | Buffer {
  const text = JSON.stringify(frameOf(fuzzer, n));
  if (fuzzer.chance(0.94)) return text;
  if (fuzzer.chance(0.6)) return fuzzer.garbled(text);
  return fuzzer.garbledBytes(Buffer.from(text));
}

const CYCLE: { self?: unknown } = {};
CYCLE.self = CYCLE;
/** What a structured clone carries and JSON does not. */
const CLONED = [new Map([[1, {}]]), new Set(['a']), new Date(Number.NaN), /a+/g, 1n, undefined, Number.NaN, CYCLE];

/** As messages of a port. */
export function portMessageOf(fuzzer: Fuzzer, n: number): unknown {
  const frame = frameOf(fuzzer, n);
  if (fuzzer.chance(0.95) || typeof frame !== 'object' || frame === null) return frame;
  const strange = fuzzer.pick([...CLONED, new Uint8Array(70_000), new Error('a'), Array(3)]);
  return fuzzer.pick([
    strange,
    { ...frame, id: strange },
    { ...frame, input: strange },
    { ...frame, input: { a: strange } },
  ]);
}
