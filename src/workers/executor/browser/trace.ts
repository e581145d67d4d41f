/** Redaction of Playwright traces: zip files of JSON lines, page snapshots and screenshots. */
import { readFile } from 'node:fs/promises';
import type { AsyncZippable } from 'fflate';
import type { Redactor } from '../../../contract/kernel/redact/redact.ts';
import { writeInstead } from '../output/new-file.ts';
import { redactBytes } from '../output/redact-file.ts';

/** Already compressed: another pass would only cost time. */
const COMPRESSED = /\.(jpe?g|png|webp|gif|woff2?|zip|mp4|webm)$/i;

type Zip = typeof import('fflate');

const unpack = ({ unzip }: Zip, bytes: Uint8Array) =>
  new Promise<Record<string, Uint8Array>>((resolve, reject) => {
    unzip(bytes, (error, files) => (error ? reject(error) : resolve(files)));
  });

const pack = ({ zip }: Zip, files: AsyncZippable) =>
  new Promise<Uint8Array>((resolve, reject) => {
    zip(files, { level: 6 }, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });

/**
 * Rewrites everything inside a trace without the secrets: what was typed, page snapshots, requests, answers and console lines.
 * Bodies that are no text may be broken by it, which only the viewer will see. Pictures stay as they are; browsers show passwords as dots there. Names of entries stay too, although those of resources are
 * hashes of what they held before, because the trace refers to them.
 * @returns whether anything had to be changed
 * @throws Error when the file is not a zip
 */
export async function redactTrace(path: string, redactor: Redactor): Promise<boolean> {
  if (redactor.empty) return false;
  // Loaded by the few scripts that need it.
  const fflate = await import('fflate');
  const files = await unpack(fflate, await readFile(path));
  let changed = false;
  const packed: AsyncZippable = {};
  for (const [name, bytes] of Object.entries(files)) {
    packed[name] = [bytes, { level: COMPRESSED.test(name) ? 0 : 6 }];
    if (COMPRESSED.test(name)) continue;
    const { bytes: text, has_secret } = redactBytes(bytes, redactor);
    const clean = has_secret ? redactor.bytes(bytes) : text;
    if (clean === bytes) continue;
    changed = true;
    packed[name] = [clean, { level: 6 }];
  }
  if (changed) await writeInstead(path, await pack(fflate, packed));
  return changed;
}
