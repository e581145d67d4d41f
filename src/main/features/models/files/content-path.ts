/**
 * Names in the cache of Hugging Face's libraries: a snapshot consists of links to blobs, which are named by their hash.
 * Layout: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
import fs from 'node:fs/promises';
import path from 'node:path';

const SNAPSHOT = /^(.*[\\/]models--[^\\/]+)[\\/]snapshots[\\/][^\\/]+[\\/]/;

/**
 * Where the content of a file is: of a link in a snapshot the blob of the same repo, else the file itself. No other link is followed.
 * @returns null for a link of a snapshot that leads anywhere else
 */
export async function contentPath(target: string): Promise<string | null> {
  const repo = SNAPSHOT.exec(target)?.[1];
  if (repo === undefined) return target;
  const found = await fs.lstat(target).catch(() => null);
  if (!found?.isSymbolicLink()) return target;
  const [real, own] = await Promise.all([target, repo].map((name) => fs.realpath(name).catch(() => null)));
  // `blobs` that is a link itself would make any folder one of the repo's.
  return real != null && own != null && path.dirname(real) === path.join(own, 'blobs') ? real : null;
}
