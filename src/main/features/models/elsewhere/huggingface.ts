/** Models in the cache of Hugging Face's own libraries. Links are followed only as {@link contentPath} says. */
import path from 'node:path';
import { listOwned } from '../../../core/disk/owned-trees.ts';
import { contentPath } from '../files/content-path.ts';
import { type Candidate, type Folder, fileAt, onnxIn } from '../files/discover.ts';
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

/** Models in the cache. */
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
  const snapshots = await readFolder(dir, path.join(dir, 'snapshots'), MAX_DEPTH);
  // A later snapshot has the same files again.
  const onnx = snapshots.folders.flatMap((snapshot) => onnxIn(snapshot, repo));
  const byVariant = new Map(onnx.map((candidate) => [candidate.variant, candidate]));
  return [...(await ggufsIn(snapshots, repo)), ...byVariant.values()];
}

/** A folder of the cache. Links are among its files. */
async function readFolder(root: string, dir: string, depth: number): Promise<Folder> {
  const entries = await listOwned(root, dir).catch(() => []);
  const inner = entries.filter((entry) => entry.isDirectory() && depth > 0);
  const own = entries.filter((entry) => entry.isSymbolicLink() || entry.isFile());
  const files = await Promise.all(own.map(({ name }) => fileAt(path.join(dir, name))));
  const folders = await Promise.all(inner.map(({ name }) => readFolder(root, path.join(dir, name), depth - 1)));
  return { dir, files: files.filter((file) => file !== null), folders };
}

/** GGUF files of one part each, by the blob that they are. */
async function ggufsIn(folder: Folder, repo: string): Promise<Candidate[]> {
  const byBlob = new Map<string, Candidate>();
  for (const { path: link, ...file } of allFiles(folder)) {
    if (!/\.gguf$/i.test(link) || /-\d{5}-of-\d{5}\.gguf$/i.test(link)) continue;
    const blob = await contentPath(link);
    if (blob === null) continue;
    const files = [{ path: blob, ...file }] as const;
    byBlob.set(blob, { format: 'gguf', repo, variant: ggufQuant(path.basename(link)), path: blob, files });
  }
  return [...byBlob.values()];
}

const allFiles = ({ files, folders }: Folder): Folder['files'] => [...files, ...folders.flatMap(allFiles)];
