/** Finds models in a folder by the names of their files; nothing is opened, and no link is followed. */
import fs from 'node:fs/promises';
import path from 'node:path';
import type { ModelFormat } from '../../../../contract/models/models.ts';
import { listOwned } from '../../../core/disk/owned-trees.ts';
import { contentPath } from './content-path.ts';
import { ggufQuant, onnxVariant } from './quants.ts';

/** A file of a model, as it is now. */
export interface ModelFile {
  path: string;
  bytes: number;
  /** Unix ms, whole. */
  modified: number;
}

/** Files that make one model. */
export interface Candidate {
  format: ModelFormat;
  repo: string;
  variant: string | null;
  /** The file that the engine opens; the first of `files`. */
  path: string;
  files: readonly [ModelFile, ...ModelFile[]];
}

/** How a file is called while it is being written. */
export const PART = '.part';

const MAX_DEPTH = 6;
const MAX_ENTRIES = 50_000;
const SPLIT = /-(\d{5})-of-(\d{5})\.gguf$/i;
/** Files of one ONNX model, the one that the engine opens first. */
const STEMS = ['model', 'decoder_model_merged', 'decoder_model', 'encoder_model'];

/** A part of an id: what the hub allows in the name of a repo. */
export const slug = (name: string): string =>
  withoutEnd(name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+/, ''), '-.').slice(0, 96) || 'model';

/** A text without `characters` at its end. */
function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Name of the ONNX file to which a file of weights, such as `model.onnx_data_1`, belongs. */
export function ofWeights(name: string): string {
  const at = name.lastIndexOf('_data');
  return at === -1 || /\W/.test(name.slice(at)) ? name : name.slice(0, at);
}

/** Owner of models that come from no hub. */
const LOCAL = 'local';

/** A folder with the files and folders in it, links left out. */
export interface Folder {
  dir: string;
  files: ModelFile[];
  folders: Folder[];
}

/** What cannot be read holds no models. */
async function readFolder(root: string, dir: string, depth: number, left: { entries: number }): Promise<Folder> {
  const folder: Folder = { dir, files: [], folders: [] };
  const entries = await listOwned(root, dir).catch(() => []);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    left.entries -= 1;
    if (left.entries < 0) break;
    const target = path.join(dir, entry.name);
    if (entry.isDirectory()) {
      if (depth > 1 && !entry.name.startsWith('.'))
        folder.folders.push(await readFolder(root, target, depth - 1, left));
    } else if (entry.isFile() && /\.(gguf|onnx|onnx_data\w*|json)$/i.test(entry.name)) {
      const file = await fileAt(target);
      if (file !== null) folder.files.push(file);
    }
  }
  return folder;
}

/** A regular file as it is now; null for what is none. */
export async function fileAt(target: string): Promise<ModelFile | null> {
  const content = await contentPath(target);
  const found = content === null ? null : await fs.lstat(content).catch(() => null);
  if (!found?.isFile()) return null;
  return { path: target, bytes: found.size, modified: Math.floor(found.mtimeMs) };
}

/** `owner/repo` by the last two folders of a path below the root. */
function repoOf(root: string, dir: string, fallback: string): string {
  const names = path
    .relative(root, dir)
    .split(path.sep)
    .filter((name) => name !== '');
  const [owner, repo] = names.slice(-2);
  if (owner === undefined) return `${LOCAL}/${slug(fallback)}`;
  return repo === undefined ? `${LOCAL}/${slug(owner)}` : `${slug(owner)}/${slug(repo)}`;
}

const nameOf = (file: ModelFile) => path.basename(file.path);

/** Name of a GGUF file without its part and its quantization. */
export function ggufStem(name: string): string {
  const stem = name.replace(SPLIT, '').replace(/\.gguf$/i, '');
  const quant = ggufQuant(name);
  if (quant === null) return stem;
  return withoutEnd(stem.slice(0, stem.toUpperCase().lastIndexOf(quant)), '-._') || stem;
}

/** GGUF files of a folder; those that were split into parts as one. */
function ggufsIn({ dir, files }: Folder, root: string): Candidate[] {
  const groups = Map.groupBy(
    files.filter((file) => /\.gguf$/i.test(file.path)),
    (file) => nameOf(file).replace(SPLIT, ''),
  );
  return [...groups.values()].flatMap((group): Candidate[] => {
    const [first, ...rest] = group;
    if (first === undefined) return [];
    const name = nameOf(first);
    const quant = ggufQuant(name);
    // A projector lies beside its model and has the same quantizations.
    const variant = /mmproj/i.test(name) ? `mmproj${quant === null ? '' : `-${quant}`}` : quant;
    return [
      { format: 'gguf', repo: repoOf(root, dir, ggufStem(name)), variant, path: first.path, files: [first, ...rest] },
    ];
  });
}

/** ONNX models of a folder with a `config.json`, one for each number type. */
export function onnxIn(folder: Folder, repo: string): Candidate[] {
  if (!folder.files.some((file) => nameOf(file) === 'config.json')) return [];
  const inside = folder.folders.find(({ dir }) => path.basename(dir) === 'onnx');
  const all = [...folder.files, ...(inside?.files ?? [])];
  const models = all.flatMap((file) => {
    const parts = onnxVariant(nameOf(file));
    return parts === null ? [] : [{ file, ...parts }];
  });
  const rank = (stem: string) => (STEMS.includes(stem) ? STEMS.indexOf(stem) : STEMS.length);
  return [...Map.groupBy(models, ({ variant }) => variant)].flatMap(([variant, group]): Candidate[] => {
    const [first, ...rest] = group.toSorted((a, b) => rank(a.stem) - rank(b.stem)).map(({ file }) => file);
    if (first === undefined) return [];
    const names = new Set([first, ...rest].map(nameOf));
    const weights = all.filter((file) => names.has(ofWeights(nameOf(file))) && !names.has(nameOf(file)));
    return [{ format: 'onnx', repo, variant, path: first.path, files: [first, ...rest, ...weights] }];
  });
}

const candidatesIn = (folder: Folder, root: string): Candidate[] => [
  ...ggufsIn(folder, root),
  ...onnxIn(folder, repoOf(root, folder.dir, path.basename(folder.dir))),
  ...folder.folders.flatMap((inner) => candidatesIn(inner, root)),
];

/** All models in a folder and below it. */
export async function discover(root: string): Promise<Candidate[]> {
  return candidatesIn(await readFolder(root, root, MAX_DEPTH, { entries: MAX_ENTRIES }), root);
}

/** The models of which a file is one, and nothing else in its folder; for a file that describes an ONNX model, all of that folder. */
export async function modelsAt(file: string): Promise<Candidate[]> {
  const root = /\.gguf$/i.test(file) ? path.dirname(file) : folderOf(file);
  const found = candidatesIn(await readFolder(root, root, 2, { entries: MAX_ENTRIES }), root);
  const named = found.filter(({ files }) => files.some((one) => one.path === file));
  return named.length > 0 || /\.gguf$/i.test(file) ? named : found.filter(({ format }) => format === 'onnx');
}

/** The folder with the files that describe an ONNX model. */
export function folderOf(modelFile: string): string {
  const dir = path.dirname(modelFile);
  return path.basename(dir) === 'onnx' ? path.dirname(dir) : dir;
}
