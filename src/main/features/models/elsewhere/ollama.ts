/** Ollama's models: a manifest for each name and tag, which names blobs by their hash. */
import path from 'node:path';
import { z } from 'zod';
import { parseBounded } from '../../../../contract/kernel/bounds.ts';
import { readOwned } from '../../../core/disk/owned-reads.ts';
import { listOwned } from '../../../core/disk/owned-trees.ts';
import { type Candidate, fileAt, slug } from '../files/discover.ts';

const Manifest = z.object({ layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })).max(100) });
const MODEL_LAYER = 'application/vnd.ollama.image.model';
const DIGEST = /^sha256:([0-9a-f]{64})$/;
const MAX_MANIFEST = 256 * 1024;
/** registry / owner / name / tag */
const DEPTH = 4;

/** Models in Ollama's folder. */
export async function inOllama(root: string): Promise<Candidate[]> {
  const manifests = path.join(root, 'manifests');
  const found: Candidate[] = [];
  for (const names of await manifestsIn(root, manifests, DEPTH)) {
    const [, owner = '', name = '', tag = ''] = names;
    const digest = await modelDigest(root, path.join(manifests, ...names));
    const file = digest === null ? null : await fileAt(path.join(root, 'blobs', `sha256-${digest}`));
    if (file === null) continue;
    const repo = `${owner === 'library' ? 'ollama' : slug(owner)}/${slug(name)}`;
    found.push({ format: 'gguf', repo, variant: slug(tag), path: file.path, files: [file] });
  }
  return found;
}

async function manifestsIn(root: string, dir: string, depth: number): Promise<string[][]> {
  const entries = await listOwned(root, dir).catch(() => []);
  if (depth === 1) return entries.filter((entry) => entry.isFile()).map(({ name }) => [name]);
  const inner = entries.filter((entry) => entry.isDirectory());
  const below = await Promise.all(
    inner.map(async ({ name }) =>
      (await manifestsIn(root, path.join(dir, name), depth - 1)).map((rest) => [name, ...rest]),
    ),
  );
  return below.flat();
}

async function modelDigest(root: string, file: string): Promise<string | null> {
  try {
    const { layers } = Manifest.parse(parseBounded((await readOwned(root, file, MAX_MANIFEST)).toString('utf8')));
    const layer = layers.find(({ mediaType }) => mediaType === MODEL_LAYER);
    return DIGEST.exec(layer?.digest ?? '')?.[1] ?? null;
  } catch {
    return null; // not a manifest that we can read
  }
}
