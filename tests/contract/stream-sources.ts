/** Streams and calls whose begin and end a test can wait for. */
import { once } from 'node:events';
import http from 'node:http';
import { AppError } from '../../src/contract/kernel/errors.ts';
import type { TestHandlers } from '../support/doors.ts';

const line = (seq: number, message = `line ${seq}`) => ({
  seq,
  at: '2026-11-20T10:50:00.000Z',
  level: 'info',
  source: 'script',
  attempt: 1,
  step: null,
  message,
  data: null,
});

/** What the sources saw. */
export const source = { pulled: 0, ended: 0 };
let onEnded: () => void = () => {};
let onBegun: () => void = () => {};
/** Settles when the next source that waits has begun to. */
export const nextBegin = () => new Promise<void>((resolve) => (onBegun = resolve));
/** Settles when the next stream source has ended. */
export const nextEnd = () => new Promise<void>((resolve) => (onEnded = resolve));

async function* logLines({ since = 0 }: { since?: number }, { signal }: { signal: AbortSignal }) {
  try {
    for (let seq = since + 1; seq <= 5; seq++) {
      source.pulled += 1;
      yield line(seq);
    }
  } finally {
    source.ended += 1;
    if (signal.aborted) onEnded();
  }
}

/** Never gives anything but ends with its signal. */
async function* silence(_input: unknown, { signal }: { signal: AbortSignal }) {
  onBegun();
  try {
    if (!signal.aborted) await once(signal, 'abort');
    yield* [];
  } finally {
    onEnded();
  }
}

const entry = { id: 1, timestamp: 1, level: 'info', source: 'host', context: '', data: null };

/** Gives large items for as long as they are pulled. */
async function* flood(_input: unknown, { signal }: { signal: AbortSignal }) {
  try {
    for (let seq = 1; !signal.aborted; seq++) {
      source.pulled += 1;
      yield { ...entry, seq, message: 'x'.repeat(64 * 1024) };
    }
  } finally {
    onEnded();
  }
}

/** Handlers for the doors of a test. */
export const handlers = {
  tasks_logs_follow: logLines,
  tasks_follow: silence,
  logs_follow: flood,
  changes_follow: async function* () {
    yield { type: 'hello', seq: 41 };
    yield { type: 'gap', dropped: 3, next_since: 45 };
    throw new AppError('cursor-expired', undefined, { extra: { oldest: 50 } });
  },
  jobs_follow: async function* () {
    yield* [];
    throw new AppError('not-found', 'There is no job.');
  },
  system: async (_input: unknown, { signal }: { signal: AbortSignal }) => {
    onBegun();
    if (!signal.aborted) await once(signal, 'abort');
    onEnded();
    throw new DOMException('gone', 'AbortError');
  },
  queue_stats: () => {
    throw new Error('the database is on fire, password=hunter2');
  },
} as unknown as TestHandlers;

/** Opens a stream and reads nothing of it yet. */
export async function openStream(
  { url, key }: { url: string; key: string },
  path: string,
  headers: Record<string, string> = {},
) {
  const call = http.get(url + path, { headers: { 'x-api-key': key, ...headers } });
  call.on('error', () => {});
  const [response] = (await once(call, 'response')) as [http.IncomingMessage];
  return { call, response };
}
