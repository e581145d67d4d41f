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

/** A model whose files are whole, but ask for what is not done here. */
export const useless = (reason: string) =>
  new AppError('model-corrupted', `The model cannot be used here: ${reason}.`, { extra: { reason } });

const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;

/** Text of a regular file: a pipe in its place would never end, and a device neither. */
async function readRegular(file: string, name: string): Promise<string> {
  const handle = await fs.open(file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw damaged(name, 'is not a file');
    if (stat.size > MAX_BYTES) throw damaged(name, 'is too large');
    const content = Buffer.alloc(stat.size);
    let length = 0;
    // No more than it had at first, however fast it grows.
    for (let read = -1; read !== 0 && length < content.length; length += read)
      read = (await handle.read(content, length, content.length - length)).bytesRead;
    return content.toString('utf8', 0, length);
  } finally {
    await handle.close();
  }
}

/** In the cache of Hugging Face's libraries a snapshot consists of links to the blobs of its repo. */
const SNAPSHOT = /^(.*[\\/]models--[^\\/]+)[\\/]snapshots[\\/][^\\/]+$/;

/** Where a file really is. @throws AppError `model-corrupted` for a link out of the model's own files: it could lead to any file of the user */
async function contained(folder: string, name: string): Promise<string> {
  const real = await fs.realpath(path.join(folder, name));
  const own = await fs.realpath(folder);
  // As the folder really lies: `blobs` that is a link itself would make any place one of the model's.
  const repo = SNAPSHOT.exec(own)?.[1];
  for (const root of [own, ...(repo === undefined ? [] : [path.join(repo, 'blobs')])]) {
    const inRoot = path.relative(root, real);
    if (!inRoot.startsWith('..') && !path.isAbsolute(inRoot)) return real;
  }
  throw damaged(name, 'is a link to a file elsewhere');
}

/** Describes a folder in which exporters put `onnx/model.onnx`, or `model.onnx` itself. */
export function openFolder(modelFile: string) {
  const dir = path.dirname(modelFile);
  const folder = path.basename(dir) === 'onnx' ? path.dirname(dir) : dir;

  async function text(name: string): Promise<string | null> {
    try {
      return await readRegular(await contained(folder, name), name);
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
    /**
     * A graph beside the one that was asked for; null when there is none. The host checks headers of files only, and of blobs.
     * @throws AppError `model-corrupted` for any other link, and for what is no file
     */
    async graph(name: string): Promise<string | null> {
      const file = path.join(dir, name);
      const found = await fs.lstat(file).catch(() => null);
      if (found === null) return null;
      if (found.isSymbolicLink() && !SNAPSHOT.test(folder)) throw damaged(name, 'is a link');
      const real = await contained(folder, path.relative(folder, file));
      if (!(await fs.stat(real)).isFile()) throw damaged(name, 'is not a file');
      return file;
    },
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
