/** The files that describe a model, beside the one with its graph. */
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../../contract/kernel/errors.ts';
import { isJsonObject } from '../../../contract/kernel/json.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';

/** Vocabularies of 250 000 tokens are about 20 MB. */
const MAX_BYTES = 128 * 1024 * 1024;

const damaged = (name: string, what: string) =>
  new AppError('model-corrupted', `The model's ${name} ${what}.`, { extra: { reason: `its ${name} ${what}` } });

const { O_RDONLY, O_NONBLOCK = 0 } = constants;

/** Text of a regular file, counted while it is read: a pipe in its place would never end, and a device neither. */
async function readRegular(file: string, name: string): Promise<string> {
  const handle = await fs.open(file, O_RDONLY | O_NONBLOCK);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw damaged(name, 'is not a file');
    if (stat.size > MAX_BYTES) throw damaged(name, 'is too large');
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of handle.createReadStream({ autoClose: false })) {
      length += (piece as Buffer).length;
      if (length > MAX_BYTES) throw damaged(name, 'is too large');
      pieces.push(piece as Buffer);
    }
    return Buffer.concat(pieces).toString('utf8');
  } finally {
    await handle.close();
  }
}

/** Describes a folder in which exporters put `onnx/model.onnx`, or `model.onnx` itself. */
export function openFolder(modelFile: string) {
  const dir = path.dirname(modelFile);
  const folder = path.basename(dir) === 'onnx' ? path.dirname(dir) : dir;

  async function text(name: string): Promise<string | null> {
    const file = path.join(folder, name);
    try {
      return await readRegular(file, name);
    } catch (error) {
      if (error instanceof AppError) throw error;
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw damaged(name, 'cannot be read');
    }
  }
  /** What JSON holds; null when there is no such file. The text itself is never told: the name may lead to any file. */
  async function json(name: string): Promise<unknown> {
    const content = await text(name);
    if (content === null) return null;
    try {
      return JSON.parse(content) as unknown;
    } catch {
      throw damaged(name, 'is not JSON');
    }
  }
  return {
    text,
    json,
    /** An object of a JSON file; null when there is none. @throws AppError `model-corrupted` */
    async object(name: string): Promise<JsonObject | null> {
      const value = await json(name);
      if (value === null) return null;
      if (!isJsonObject(value)) throw damaged(name, 'is not a JSON object');
      return value;
    },
  };
}
export type ModelFolder = ReturnType<typeof openFolder>;
