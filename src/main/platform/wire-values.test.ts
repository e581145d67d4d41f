import { DefaultSerializer, serialize } from 'node:v8';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excessOfBytes } from './wire-values.ts';

const MOST = 1000;

/** As Node's child writes it. */
class Serializer extends DefaultSerializer {
  _writeHostObject(object: object): void {
    this.writeUint32(ArrayBuffer.isView(object) ? 0 : 1);
    if (ArrayBuffer.isView(object)) Reflect.get(DefaultSerializer.prototype, '_writeHostObject').call(this, object);
    else this.writeValue({ ...object });
  }
}

function written(value: unknown): Buffer {
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

// Would catch: a message of a worker that is dropped because one of its values is read wrongly.
test('all values of a message are passed one by one', () => {
  const values = fc.anything({
    ...{
      withBigInt: true,
      withDate: true,
      withSparseArray: true,
      withTypedArray: true,
      maxKeys: 8,
      depthSize: 'large',
    },
    key: fc.string({ unit: 'binary', maxLength: 300 }),
  });
  fc.assert(
    fc.property(values, (value) => {
      expect(excessOfBytes(written(value), 1_000_000)).toBeNull();
    }),
    { numRuns: 2000 },
  );
  const shared = { text: 'ü'.repeat(70_000) };
  expect(excessOfBytes(written([shared, shared, new Float32Array(5000), undefined, new Array(3)]), MOST)).toBeNull();
});

test('as many values as there may be are counted, whatever they are', () => {
  expect(excessOfBytes(written(Array(MOST - 2).fill(1)), MOST)).toBeNull();
  for (const value of [1, 1.5, '', 'ü', null, [], {}, Object.create({ a: 1 }), new Date(), new Uint8Array()])
    expect(excessOfBytes(written(Array(MOST).fill(value)), MOST)).toBe('made of more than 1000 values');
});

// Would catch: bytes that stand for less than what V8 makes of them.
test('kinds that no worker sends are refused before they are made', () => {
  for (const value of [new Map(), new Set(), /a/, new ArrayBuffer(8), new Error('no'), Object(1), Object('s')])
    expect(excessOfBytes(serialize([value]), MOST)).toMatch(/^holding a value of the kind/);
});

const bytesOf = (...parts: (string | number | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)));

// Would catch: a few bytes for which V8 makes room for millions of items, again and again.
test('lengths that lists claim are counted, whatever follows', () => {
  const list = bytesOf('A', [0x90, 0x4e]);
  for (const kind of ['A', 'a'])
    expect(excessOfBytes(bytesOf([0xff, 0x0f], kind, [0x90, 0x4e]), MOST)).toBe('made of more than 1000 values');
  expect(excessOfBytes(Buffer.concat(Array(5).fill(list)), 40_000)).toBe('made of more than 40000 values');
  expect(excessOfBytes(Buffer.concat(Array(4).fill(list)), 40_000)).toBeNull();
});

// Would catch: a length that is one number to V8 and another one here, so that values hide in what is passed over as text.
test('numbers of more bytes or bits than V8 writes are refused', () => {
  for (const number of [
    [0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
    [0x80, 0x80, 0x80, 0x80, 0x10],
    [0xff, 0xff, 0xff, 0xff, 0x7f],
  ])
    for (const tag of ['"', 'I', 'A', '{', 'Z', '$'])
      expect(excessOfBytes(bytesOf([0xff, 0x0f], tag, number), MOST)).toBe('with a number that V8 does not write');
  expect(excessOfBytes(written([2 ** 32 - 1, -(2 ** 31), 2 ** 31 - 1]), MOST)).toBeNull();
});

test('whatever bytes there are, reading them ends', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      expect(excessOfBytes(bytes, MOST)).not.toBeUndefined();
    }),
  );
});
