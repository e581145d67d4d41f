/** Files that freeze what looks at them: a script that leaves them as artifacts, and what each of them is. */

/** Content of each file as an expression of the script. */
const FILES: Readonly<Record<string, string>> = {
  // Parsers that look at all the text after a quote again at each quote.
  'quotes.csv': `'"' + '"x'.repeat(2e5) + ' '.repeat(4e5) + ','`,
  'one-row.csv': `'a,'.repeat(4.6e6)`,
  'wide.csv': `(('\\u0628'.repeat(400) + ',').repeat(99) + 'x\\n').repeat(90)`,
  // A document that is small and has as many nodes as it has characters.
  'wide.json': `'[' + '0,'.repeat(1.9e6) + '0]'`,
  'objects.json': `'[' + '{"a":{"b":[1]}},'.repeat(2.4e5) + '0]'`,
  'names.json': `'{' + Array.from({ length: 3e5 }, (_, n) => '"n' + n + '":1').join() + '}'`,
  'deep.json': `'['.repeat(2e6) + ']'.repeat(2e6)`,
  'marks.json': `JSON.stringify({ a: 'a' + '\\u0301'.repeat(3e5) })`,
  'line.txt': `'x'.repeat(4e6)`,
  'marks.txt': `'a' + '\\u0301'.repeat(1e5)`,
  'thai.txt': `'\\u0e01' + '\\u0e34'.repeat(1e5)`,
  'joiners.txt': `'a' + '\\u200c'.repeat(1e5)`,
  'direction.txt': `'\\u202e'.repeat(1e5)`,
  'lines.txt': `'\\n'.repeat(4e6)`,
  'uses.svg': `svg(Array.from({ length: 24 }, (_, n) => '<g id="a' + (n + 1) + '"><use xlink:href="#a' + n + '"/><use xlink:href="#a' + n + '"/></g>').join(''))`,
  'deep.svg': `svg('<g fill="url(#a0)">'.repeat(5e4) + '</g>'.repeat(5e4))`,
  // Simple enough to be shown, and slow: it has a process of its own.
  'filter.svg': `svg('<filter id="f"><feTurbulence numOctaves="5000"/></filter>' + '<rect width="4000" height="4000" filter="url(#f)"/>'.repeat(20))`,
  'nested.html': `'<style>*{filter:blur(9px)}</style>' + '<div>'.repeat(5e4) + 'x'`,
  'entries.zip': `directory(3e5, 10)`,
  'names.zip': `directory(3000, 65535)`,
  'pixels.png': `png(16000, 16000)`,
  // Each frame has as many pixels as a picture that stands still may have.
  'moving.png': `png(8000, 7992, 300)`,
  'disguised.svg': `svg(Array.from({ length: 24 }, (_, n) => '<g id="&#97;' + (n + 1) + '"><use href="#a' + n + '"/><use href="#a' + n + '"/></g>').join(''))`,
};

export const HOSTILE_FILES = Object.keys(FILES);

/** Files that nobody made to freeze anything, as large as those of their kind above may be. */
const PLAIN: Readonly<Record<string, string>> = {
  'plain.txt': `'A line of plain words.\\n'.repeat(1.7e5)`,
  'plain.csv': `'name,price,stock\\n'.repeat(2.5e5)`,
  'plain.json': `JSON.stringify(Array.from({ length: 8e4 }, (_, n) => ({ id: n, name: 'Lamp', price: 20 })))`,
  'plain.svg': `svg('<rect width="10" height="10"/>'.repeat(200))`,
  'plain.html': `'<p>A line of plain words.</p>'.repeat(2e4)`,
  'plain.zip': `directory(3000, 20)`,
  'plain.png': `png(1600, 1600)`,
};

export const PLAIN_FILES = Object.keys(PLAIN);

/** What the expressions use. */
const TOOLS = `
import { crc32, deflateSync } from 'node:zlib';
const svg = (content) => '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><g id="a0"><rect width="1" height="1"/></g>' + content + '<use xlink:href="#a24"/></svg>';
function directory(count, nameLength) {
  const entry = Buffer.alloc(46 + nameLength);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(20, 4);
  entry.writeUInt16LE(20, 6);
  entry.writeUInt16LE(nameLength, 28);
  entry.fill(0x61, 46);
  const size = entry.length * count;
  const tail = Buffer.alloc(98);
  tail.writeUInt32LE(0x06064b50, 0);
  tail.writeBigUInt64LE(44n, 4);
  for (const at of [24, 32]) tail.writeBigUInt64LE(BigInt(count), at);
  tail.writeBigUInt64LE(BigInt(size), 40);
  tail.writeUInt32LE(0x07064b50, 56);
  tail.writeBigUInt64LE(BigInt(size), 64);
  tail.writeUInt32LE(1, 72);
  tail.writeUInt32LE(0x06054b50, 76);
  tail.writeUInt32LE(0xffffffff, 84);
  tail.writeUInt32LE(0xffffffff, 88);
  return Buffer.concat([Buffer.alloc(size, entry), tail]);
}
function png(width, height, frames = 0) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 1;
  const rows = deflateSync(Buffer.alloc((width / 8 + 1) * height));
  const number = (value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  // 100 ms for each frame of the whole size.
  const control = (sequence) =>
    chunk('fcTL', Buffer.concat([sequence, width, height, 0, 0].map((value) => number(value)).concat(Buffer.from([0, 1, 0, 10, 0, 0]))));
  const moving = Array.from({ length: Math.max(0, frames - 1) }, (_, n) =>
    Buffer.concat([control(2 * n + 1), chunk('fdAT', Buffer.concat([number(2 * n + 2), rows]))]),
  );
  const begin = frames === 0 ? [] : [chunk('acTL', Buffer.concat([number(frames), number(0)])), control(0)];
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), ...begin, chunk('IDAT', rows), ...moving, chunk('IEND', Buffer.alloc(0)),
  ]);
}
`;

/** A browser script that leaves the files, and plain ones to compare them with. */
export const HOSTILE_SCRIPT = `${TOOLS}
export default async ({ artifact }) => {
  ${Object.entries({ ...PLAIN, ...FILES })
    .map(([name, content]) => `await artifact('${name}', ${content});`)
    .join('\n  ')}
};
`;
