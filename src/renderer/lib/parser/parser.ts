/**
 * Files that others made are parsed in a worker: however long a parser takes for one, the page answers meanwhile, and after a deadline
 * the worker is terminated. The deadline is for computing; the time to read the file is not counted.
 */
import type { FromParser, ToParser } from './messages.ts';

/** How long a worker may compute for one question, ms. */
const DEADLINE_MS = 5_000;
const TOO_COMPLEX = 'This file takes too long to prepare for display. Download it to open it in another program.';

/** A file as a parser reads it. */
export interface ParserSource {
  /** Its size, bytes. */
  size: number;
  /** @throws Error with a sentence for the operator */
  read(start: number, length: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Parser<Question, Answer> {
  /** @throws Error with a sentence for the operator */
  ask(question: Question): Promise<Answer>;
  /** Terminates the worker; what was asked is refused. */
  close(): void;
}

interface Pending<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Takes a new worker, see {@link answerQuestions}, to parse `source`. */
export function openParser<Question, Answer>(worker: Worker, source: ParserSource): Parser<Question, Answer> {
  const pending = new Map<number, Pending<Answer>>();
  const closing = new AbortController();
  let asked = 0;

  const close = (reason: string) => {
    closing.abort();
    worker.terminate();
    for (const { reject, timer } of pending.values()) {
      clearTimeout(timer);
      reject(new Error(reason));
    }
    pending.clear();
  };
  const deadline = () => setTimeout(() => close(TOO_COMPLEX), DEADLINE_MS);
  const send = (message: ToParser<Question>, transfer: Transferable[] = []) => {
    if (closing.signal.aborted) return;
    const question = pending.get(message.id);
    if (question !== undefined) question.timer = deadline();
    worker.postMessage(message, transfer);
  };
  const read = (id: number, start: number, length: number) => {
    source.read(start, length, closing.signal).then(
      (bytes) => send({ t: 'bytes', id, bytes }, [bytes.buffer]),
      (error: Error) => send({ t: 'unreadable', id, reason: error.message }),
    );
  };

  worker.onmessage = ({ data }: MessageEvent<FromParser<Answer>>) => {
    const question = pending.get(data.id);
    if (question === undefined) return;
    clearTimeout(question.timer);
    if (data.t === 'read') return read(data.id, data.start, data.length);
    pending.delete(data.id);
    if (data.t === 'answer') question.resolve(data.answer);
    else question.reject(new Error(data.reason));
  };
  worker.onerror = () => close('This file cannot be prepared for display. Download it to open it in another program.');

  return {
    ask: (question) => {
      if (closing.signal.aborted) return Promise.reject(new Error(TOO_COMPLEX));
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const id = ++asked;
      pending.set(id, { resolve, reject, timer: undefined });
      send({ t: 'ask', id, size: source.size, question });
      return promise;
    },
    close: () => close('Closed'),
  };
}

/** Asks a worker that is used for one question. `signal` terminates it. */
export async function parseOnce<Question, Answer>(
  worker: Worker,
  source: ParserSource,
  question: Question,
  signal: AbortSignal,
): Promise<Answer> {
  const parser = openParser<Question, Answer>(worker, source);
  signal.addEventListener('abort', parser.close);
  try {
    return await parser.ask(question);
  } finally {
    signal.removeEventListener('abort', parser.close);
    parser.close();
  }
}
