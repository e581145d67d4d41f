import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { manualClock } from '../../../tests/support/core.ts';
import { AppError, type ErrorSlug } from '../kernel/errors.ts';
import { ASSEMBLY_TIMEOUT_MS, createAssembler, MAX_ASSEMBLIES, splitMessage } from './chunks.ts';
import { type ChunkForm, dataChannelChunks, nativeChunks } from './forms.ts';

const MAX_BYTES = 4 * 1024 * 1024;
const FORMS: [string, ChunkForm][] = [
  ['native', nativeChunks],
  ['data channel', dataChannelChunks],
];

/** The chunks of a message, as they look after their way over the wire. */
function chunksOf(form: ChunkForm, message: string | number, text: string): object[] {
  return Array.from(splitMessage(form, message, text) ?? [], (chunk) => JSON.parse(JSON.stringify(chunk)) as object);
}
const assembler = (form: ChunkForm, maxBytes = MAX_BYTES) => createAssembler(form, manualClock(), maxBytes);
const slugOf = (run: () => unknown): ErrorSlug | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.slug;
    throw error;
  }
};

afterEach(() => vi.unstubAllGlobals());

test.each(FORMS)('%s: only a message over the limit is split, and no chunk is over it', (_name, form) => {
  const { maxMessageBytes, sliceBytes } = form;
  expect(splitMessage(form, 'm', 'x'.repeat(maxMessageBytes))).toBeNull();
  // Bytes count, not characters.
  expect(splitMessage(form, 'm', 'é'.repeat(maxMessageBytes / 2 + 1))).not.toBeNull();
  const chunks = chunksOf(form, 'm'.repeat(64), 'x'.repeat(maxMessageBytes + 1));
  expect(chunks).toHaveLength(Math.ceil((maxMessageBytes + 1) / sliceBytes));
  for (const chunk of chunks) expect(JSON.stringify(chunk).length).toBeLessThanOrEqual(maxMessageBytes);
});

test('each form looks on the wire as documented', () => {
  const text = 'x'.repeat(1_048_577);
  const slice = Buffer.from('x'.repeat(720_000)).toString('base64');
  expect(chunksOf(nativeChunks, 'r1', text)[0]).toEqual({
    request_id: 'r1',
    chunk: { index: 0, total: 2, data: slice },
  });
  const [first] = chunksOf(dataChannelChunks, 7, text);
  expect(first).toMatchObject({ t: 'chunk', m: 7, i: 0, n: Math.ceil(text.length / 11_520) });
});

// Catches characters cut at the edge of a slice, and messages that are mixed up.
test.each(FORMS)('%s: messages come out as they went in, however their chunks interleave', (_name, form) => {
  const { maxMessageBytes, sliceBytes } = form;
  const size = fc.oneof(
    fc.integer({ min: maxMessageBytes + 1, max: maxMessageBytes + 4 }),
    fc.integer({ min: -3, max: 3 }).map((more) => (Math.ceil(maxMessageBytes / sliceBytes) + 1) * sliceBytes + more),
  );
  // One repeated part keeps large messages cheap to make; its length decides where slices cut characters.
  const text = fc
    .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 9 }), size)
    .map(([part, bytes]) => part.repeat(Math.ceil(bytes / Buffer.byteLength(part))));
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: MAX_ASSEMBLIES }),
      fc.infiniteStream(fc.nat()),
      (texts, picks) => {
        const subject = assembler(form);
        const queues = texts.map((each, id) => ({ id: String(id), chunks: chunksOf(form, String(id), each) }));
        const done = new Map<string, string>();
        for (let left = queues; left.length > 0; left = left.filter(({ chunks }) => chunks.length > 0)) {
          const queue = left[Number(picks.next().value) % left.length];
          const result = subject.accept(queue?.chunks.shift());
          if (queue && typeof result === 'string') done.set(queue.id, result);
        }
        expect(texts.map((each, id) => done.get(String(id)) === each)).toEqual(texts.map(() => true));
      },
    ),
    { numRuns: form === nativeChunks ? 6 : 25 },
  );
});

test.each(FORMS)('%s: a lost, repeated or misplaced chunk is refused and takes its message with it', (_name, form) => {
  const text = 'é'.repeat(form.sliceBytes * 2);
  const [a, b, c, d] = chunksOf(form, 'm', text);
  for (const wrong of [[a, c], [a, a], [b], [a, b, d]]) {
    const subject = assembler(form);
    for (const chunk of wrong.slice(0, -1)) expect(subject.accept(chunk)).toBeNull();
    expect(slugOf(() => subject.accept(wrong.at(-1)))).toBe('bad-request');
    // The same message, sent again, is whole: nothing is left of the first attempt.
    const results = [a, b, c, d].map((chunk) => subject.accept(chunk));
    expect(results.at(-1) === text).toBe(true);
  }
});

test('malformed chunks are refused, other messages are left alone', () => {
  const subject = assembler(dataChannelChunks);
  const [good] = chunksOf(dataChannelChunks, 'm', 'x'.repeat(20_000)) as [{ d: string }];
  for (const other of [{ t: 'call', id: 1 }, 'chunk', null, 7]) expect(subject.accept(other)).toBeUndefined();
  const wrong = [
    { m: undefined },
    { m: '' },
    { i: -1 },
    { i: 0.5 },
    { n: 0 },
    { n: '2' },
    { d: 7 },
    { d: '' },
    { d: good.d.slice(1) },
    { d: `${good.d.slice(0, -1)}!` },
    { d: 'AAAA' },
    { d: `${good.d}AAAA` },
    { n: 3 },
  ];
  for (const patch of wrong.slice(0, -1))
    expect(slugOf(() => subject.accept({ ...good, ...patch }))).toBe('bad-request');
  expect(subject.accept(good)).toBeNull();
  expect(slugOf(() => subject.accept({ ...good, i: 1, ...wrong.at(-1) }))).toBe('bad-request');
  const bytes = Buffer.alloc(100, 0xff).toString('base64');
  expect(slugOf(() => subject.accept({ ...good, n: 1, d: bytes }))).toBe('bad-request');
});

// Catches a peer that fills the host's memory with messages that it never completes.
test('memory is bounded: size of a message, number of incomplete messages', () => {
  const form = dataChannelChunks;
  const limit = form.sliceBytes * 3;
  const subject = assembler(form, limit);
  expect(slugOf(() => subject.accept(chunksOf(form, 'm', 'x'.repeat(limit + 1))[0]))).toBe('payload-too-large');
  const tight = assembler(form, limit - 10);
  const chunks = chunksOf(form, 'm', 'x'.repeat(limit));
  expect([tight.accept(chunks[0]), tight.accept(chunks[1])]).toEqual([null, null]);
  expect(slugOf(() => tight.accept(chunks[2]))).toBe('payload-too-large');

  for (let m = 0; m < MAX_ASSEMBLIES; m += 1) {
    expect(subject.accept(chunksOf(form, m, 'x'.repeat(limit))[0])).toBeNull();
  }
  expect(slugOf(() => subject.accept(chunks[0]))).toBe('resource-limit-exceeded');
  // One that ends, well or badly, makes room.
  expect(slugOf(() => subject.accept(chunksOf(form, 0, 'x'.repeat(limit))[2]))).toBe('bad-request');
  expect(subject.accept(chunks[0])).toBeNull();
});

test('an incomplete message is dropped after 30 s, and its later chunks are refused', () => {
  const clock = manualClock();
  const subject = createAssembler(dataChannelChunks, clock, MAX_BYTES);
  const [first, second] = chunksOf(dataChannelChunks, 'm', 'x'.repeat(20_000));
  subject.accept(first);
  clock.advance(ASSEMBLY_TIMEOUT_MS - 1);
  expect(subject.accept(second)).toBe('x'.repeat(20_000));
  subject.accept(first);
  clock.advance(ASSEMBLY_TIMEOUT_MS);
  expect(slugOf(() => subject.accept(second))).toBe('bad-request');
  // The timer of a message that is complete does not drop its successor of the same name.
  subject.accept(first);
  clock.advance(ASSEMBLY_TIMEOUT_MS - 1);
  subject.accept(second);
  subject.accept(first);
  clock.advance(1);
  expect(subject.accept(second)).toBe('x'.repeat(20_000));
});

// Catches a codec that works in the host alone: the panel and the extension have no `Buffer`.
test.each(FORMS)('%s: messages are split and put together where there is no Buffer', (_name, form) => {
  const text = '\u{1f600}é\ufeff'.repeat(form.maxMessageBytes / 8);
  vi.stubGlobal('Buffer', undefined);
  const subject = assembler(form, 8 * 1024 * 1024);
  const results = chunksOf(form, 'm', text).map((chunk) => subject.accept(chunk));
  vi.unstubAllGlobals();
  expect(results.slice(0, -1).every((result) => result === null)).toBe(true);
  expect(results.at(-1) === text).toBe(true);
});
