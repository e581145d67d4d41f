/** The worker's side of a parser. */
import type { FromParser, ToParser } from './messages.ts';

/** What the worker can read of the file. */
export interface ReadableFile {
  size: number;
  read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** A file that is not shown; the message is a sentence for the operator. Any other error is a damaged file. */
export class RefusedFile extends Error {}

interface Read {
  resolve(bytes: Uint8Array<ArrayBuffer>): void;
  reject(error: Error): void;
}

/**
 * Answers the page's questions about one file.
 * @param damaged said when `answer` throws anything but {@link RefusedFile}
 */
export function answerQuestions<Question, Answer>(
  answer: (question: Question, file: ReadableFile) => Promise<Answer>,
  { damaged, transfer }: { damaged: string; transfer?: (answer: Answer) => Transferable[] },
): void {
  const reads = new Map<number, Read>();
  const send = (message: FromParser<Answer>, what: Transferable[] = []) =>
    self.postMessage(message, { transfer: what });

  const work = async (id: number, size: number, question: Question) => {
    const read = (start: number, length: number) =>
      new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
        reads.set(id, { resolve, reject });
        send({ t: 'read', id, start, length });
      });
    try {
      const result = await answer(question, { size, read });
      send({ t: 'answer', id, answer: result }, transfer?.(result));
    } catch (error) {
      send({ t: 'refused', id, reason: error instanceof RefusedFile ? error.message : damaged });
    }
  };

  self.addEventListener('message', ({ data }: MessageEvent<ToParser<Question>>) => {
    if (data.t === 'ask') {
      void work(data.id, data.size, data.question);
      return;
    }
    const read = reads.get(data.id);
    reads.delete(data.id);
    if (data.t === 'bytes') read?.resolve(data.bytes);
    else read?.reject(new RefusedFile(data.reason));
  });
}
