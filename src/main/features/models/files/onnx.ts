/**
 * ONNX files, walked before any native code sees them: every length is within the file, and weights that lie in other files lie beside it.
 * Protocol Buffers wire format: https://protobuf.dev/programming-guides/encoding/. Messages: onnx.proto3 of https://github.com/onnx/onnx.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openRegular } from '../../../core/disk/owned-reads.ts';
import { ByteReader, MalformedFile } from './byte-reader.ts';

/** Bounds of what is believed. */
const MAX = { depth: 24, fields: 2_000_000, text: 4096, files: 1024 };
/** Fields between two turns of the event loop. */
const TURN = 4096;
/** Protobuf itself ends at 2 GiB. */
const MAX_FILE = 2 ** 31;

type Message = 'model' | 'graph' | 'node' | 'attribute' | 'tensor' | 'sparse' | 'function' | 'entry';
/** Fields that hold messages with tensors somewhere in them, by number; all others are skipped. */
const NESTED: Record<Message, Readonly<Record<number, Message>>> = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  function: { 7: 'node', 11: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'entry' },
  entry: {},
};
const GRAPH = 7;

/** What a file refers to. */
export interface OnnxFile {
  /** Names of the files with weights, each a plain name beside the file. */
  external: readonly string[];
}

/** One walk through a file. */
interface Walk {
  reader: ByteReader;
  fields: number;
  external: Set<string>;
}

/**
 * Checks a file.
 * @throws MalformedFile with what is wrong; the system's error when the file cannot be read
 */
export async function readOnnx(path: string): Promise<OnnxFile> {
  const file = await openRegular(path);
  try {
    const { size } = await file.stat();
    if (size > MAX_FILE) throw new MalformedFile('It is larger than 2 GiB, which no ONNX file can be.');
    const walk: Walk = { reader: new ByteReader(file, size, { left: 2 * MAX_FILE }), fields: 0, external: new Set() };
    const seen = await walkMessage(walk, 'model', size, 0);
    if (!seen.has(GRAPH)) throw new MalformedFile('It has no graph, so it is no ONNX model.');
    return { external: [...walk.external] };
  } finally {
    await file.close();
  }
}

async function varint(reader: ByteReader): Promise<number> {
  let value = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    if (!reader.has(1)) await reader.load(1);
    const byte = reader.bytesNow(1)[0] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    // Negative numbers have ten bytes; only lengths and tags matter here, and those are small.
    if (byte < 0x80) return value;
  }
  throw new MalformedFile('A number has more than ten bytes.');
}

/** A tag in its shortest form: of a longer one other parsers see the lower 32 bits, and with them another field. */
async function tagOf(reader: ByteReader): Promise<number> {
  const start = reader.position;
  const tag = await varint(reader);
  const length = reader.position - start;
  if (tag >= 2 ** 32 || (length > 1 && tag < 2 ** (7 * (length - 1))))
    throw new MalformedFile(`At byte ${start} is a field in a form that nothing writes.`);
  return tag;
}

/** Goes through one message up to `end`. @returns the numbers of its fields */
async function walkMessage(walk: Walk, message: Message, end: number, depth: number): Promise<Set<number>> {
  const { reader } = walk;
  if (depth > MAX.depth) throw new MalformedFile(`Its graphs are nested more than ${MAX.depth} deep.`);
  const seen = new Set<number>();
  const entry: { key?: string; value?: string } = {};
  while (reader.position < end) {
    walk.fields += 1;
    // Most fields are in memory already: without a pause a file of tiny ones would hold up the event loop.
    if (walk.fields % TURN === 0) await nextTurn();
    if (walk.fields > MAX.fields) throw new MalformedFile(`It has more than ${MAX.fields} fields.`);
    const tag = await tagOf(reader);
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (field === 0) throw new MalformedFile(`At byte ${reader.position} is no field of an ONNX model.`);
    seen.add(field);
    if (wire === 0) await varint(reader);
    else if (wire === 1) reader.skip(8);
    else if (wire === 5) reader.skip(4);
    else if (wire === 2) await walkBytes(walk, { message, field, end, depth, entry });
    else throw new MalformedFile(`At byte ${reader.position} is no field of an ONNX model.`);
    if (reader.position > end)
      throw new MalformedFile(`A field ends behind the message that holds it, at byte ${end}.`);
  }
  if (message === 'entry' && entry.key === 'location') keepExternal(walk, entry.value ?? '');
  return seen;
}

async function walkBytes(
  walk: Walk,
  at: { message: Message; field: number; end: number; depth: number; entry: { key?: string; value?: string } },
): Promise<void> {
  const { reader } = walk;
  const length = await varint(reader);
  const end = reader.position + length;
  if (end > at.end) throw new MalformedFile(`It ends inside a field, at byte ${at.end}; the file is incomplete.`);
  const nested = NESTED[at.message][at.field];
  if (nested !== undefined) {
    await walkMessage(walk, nested, end, at.depth + 1);
  } else if (at.message === 'entry' && length <= MAX.text) {
    await reader.load(length);
    at.entry[at.field === 1 ? 'key' : 'value'] = reader.bytesNow(length).toString('utf8');
  } else reader.skip(length);
}

/** A path out of the folder would have the engine read any file of this user. */
function keepExternal({ external }: Walk, name: string): void {
  if (name === '' || name === '.' || name === '..' || /[/\\\0:]/.test(name))
    throw new MalformedFile(`Its weights lie in ${JSON.stringify(name.slice(0, 100))}, which is not beside it.`);
  external.add(name);
  if (external.size > MAX.files) throw new MalformedFile(`Its weights lie in more than ${MAX.files} files.`);
}
