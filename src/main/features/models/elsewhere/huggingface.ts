/**
 * The cache of Hugging Face's own libraries. A snapshot consists of links to blobs that are named by their hash; a link is followed only
 * when it leads to a blob of the same repo.
 * Layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import { listOwned } from '../../../core/disk/owned-trees.ts';
import { type Candidate, fileAt } from '../files/discover.ts';
import { ggufQuant } from '../files/quants.ts';

const PREFIX = 'models--';

/** Owner and name of the repo that a folder of the cache holds; null for other folders. */
function repoOfFolder(folder: string): [owner: string, name: string] | null {
  const at = folder.indexOf('--', PREFIX.length + 1);
  if (!folder.startsWith(PREFIX) || at === -1 || !/^[\w.-]+$/.test(folder)) return null;
  const name = folder.slice(at + 2);
  return name === '' ? null : [folder.slice(PREFIX.length, at), name];
}
const MAX_DEPTH = 4;
const MAX_REPOS = 2000;

/** GGUF models in the cache. */
export async function inHuggingFace(cache: string): Promise<Candidate[]> {
  const repos = await listOwned(cache, cache).catch(() => []);
  const found: Candidate[] = [];
  for (const entry of repos.slice(0, MAX_REPOS)) {
    const repo = entry.isDirectory() ? repoOfFolder(entry.name) : null;
    if (repo !== null) found.push(...(await inRepo(path.join(cache, entry.name), repo.join('/'))));
  }
  return found;
}

async function inRepo(dir: string, repo: string): Promise<Candidate[]> {
  const blobs = await fs.realpath(path.join(dir, 'blobs')).catch(() => null);
  if (blobs === null) return [];
  const byBlob = new Map<string, Candidate>();
  for (const link of await ggufLinks(dir, path.join(dir, 'snapshots'), MAX_DEPTH)) {
    const real = await fs.realpath(link).catch(() => null);
    if (real === null || path.dirname(real) !== blobs) continue;
    const file = await fileAt(real);
    if (file === null || /-\d{5}-of-\d{5}\.gguf$/i.test(link)) continue;
    byBlob.set(real, { format: 'gguf', repo, variant: ggufQuant(path.basename(link)), path: real, files: [file] });
  }
  return [...byBlob.values()];
}

async function ggufLinks(root: string, dir: string, depth: number): Promise<string[]> {
  const entries = await listOwned(root, dir).catch(() => []);
  const inner = entries.filter((entry) => entry.isDirectory() && depth > 0);
  const below = await Promise.all(inner.map(({ name }) => ggufLinks(root, path.join(dir, name), depth - 1)));
  const here = entries.filter((entry) => (entry.isSymbolicLink() || entry.isFile()) && /\.gguf$/i.test(entry.name));
  return [...here.map(({ name }) => path.join(dir, name)), ...below.flat()];
}
