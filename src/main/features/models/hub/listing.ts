/** What a repo of the hub has: its files, and the quantizations that they make. */
import path from 'node:path';
import { z } from 'zod';
import { parseBounded } from '../../../../contract/kernel/bounds.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import { isBesideMerged, isMergedDecoder } from '../../../../contract/models/encoder-decoder.ts';
import { ofWeights } from '../files/discover.ts';
import { ggufQuant, onnxVariant } from '../files/quants.ts';
import type { HubClient } from './client.ts';

/** A file of a repo. */
export interface HubFile {
  path: string;
  bytes: number;
  /** Of large files. */
  sha256: string | null;
  /** Git's hash of a small file. */
  blob: string | null;
}

/** Files that make one quantization, those that describe it among them. */
export interface Quant {
  key: string;
  format: 'gguf' | 'onnx';
  files: HubFile[];
  bytes: number;
}

/** A name on the hub, which becomes two folders here. */
export const HubRepo = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be owner/repo')
  .refine((repo) => !repo.includes('..'), 'must be owner/repo');
export const Revision = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be a branch, tag or commit');

const Entry = z.object({
  type: z.string(),
  path: z.string().max(1024),
  size: z.int().min(0).optional(),
  oid: z.string().max(100).optional(),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().min(0) }).optional(),
});
const MAX_LISTING = 8 * 1024 * 1024;
const MAX_PAGES = 20;
/** Ten times as many as repos of models have. */
const MAX_FILES = 5_000;

/** A path of the hub becomes a path here: no part of it may lead elsewhere. */
const isPlainPath = (name: string) =>
  name.split('/').length <= 6 && name.split('/').every((part) => /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/.test(part));

/** Files of a repo. @throws AppError as {@link HubClient} does, `payload-too-large` for a repo of more files than are looked at */
export async function filesOf(
  client: HubClient,
  repo: string,
  revision: string,
  signal: AbortSignal,
): Promise<HubFile[]> {
  const files: HubFile[] = [];
  let seen = 0;
  let next: string | null = `/api/models/${repo}/tree/${encodeURIComponent(revision)}?recursive=true`;
  for (let page = 0; next !== null && page < MAX_PAGES; page++) {
    const answer = await client.text(next, repo, MAX_LISTING, signal);
    const entries = entriesOf(answer.text);
    seen += entries.length;
    if (seen > MAX_FILES)
      throw new AppError(
        'payload-too-large',
        `${repo} has more than ${MAX_FILES} files; download the model by hand and add it.`,
      );
    for (const entry of entries) {
      if (entry.type !== 'file' || !isPlainPath(entry.path)) continue;
      const { lfs } = entry;
      const blob = lfs === undefined && /^[0-9a-f]{40}$/.test(entry.oid ?? '') ? (entry.oid ?? null) : null;
      files.push({ path: entry.path, bytes: lfs?.size ?? entry.size ?? 0, sha256: lfs?.oid ?? null, blob });
    }
    next = nextPage(answer.headers.get('link'), answer.url);
  }
  return files;
}

function entriesOf(text: string) {
  try {
    return z.array(Entry).parse(parseBounded(text));
  } catch (cause) {
    throw new AppError('gateway-timeout', 'The hub answered something else than a list of files.', { cause });
  }
}

function nextPage(link: string | null, base: URL): string | null {
  const next = link?.split(',').find((part) => part.includes('rel="next"'));
  const target = /^\s*<([^>]+)>/.exec(next ?? '')?.[1];
  if (target === undefined) return null;
  if (!URL.canParse(target, base.href))
    throw new AppError('gateway-timeout', 'The hub named no address for the rest of a list of files.');
  return new URL(target, base).href;
}

const DESCRIBES =
  /^(config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|generation_config|preprocessor_config|processor_config|vocab|modules|sentence_bert_config|config_sentence_transformers)\.json$|^(vocab|merges)\.txt$|^(spiece|sentencepiece\.bpe|tokenizer)\.model$|^chat_template\.jinja$|^1_Pooling\/config\.json$/;
const MAX_DESCRIPTION = 64 * 1024 * 1024;

/** The quantizations of a repo, in the order of its files. */
export function quantsOf(files: readonly HubFile[]): Quant[] {
  const ggufs = files.filter((file) => /\.gguf$/i.test(file.path) && !/mmproj/i.test(file.path));
  const byQuant = Map.groupBy(ggufs, (file) => ggufQuant(file.path) ?? 'default');
  const onnx = files.flatMap((file) => {
    const parts = /^(onnx\/)?[^/]+$/.test(file.path) ? onnxVariant(path.posix.basename(file.path)) : null;
    return parts === null ? [] : [{ file, variant: parts.variant }];
  });
  const describing = files.filter((file) => DESCRIBES.test(file.path) && file.bytes <= MAX_DESCRIPTION);
  // By the file that they belong to, so that a long list is walked through once.
  const weights = Map.groupBy(files, (file) => ofWeights(file.path));
  const weightsOf = (name: string) => (weights.get(name) ?? []).filter((file) => file.path !== name);
  const byVariant = Map.groupBy(onnx, ({ variant }) => variant);
  return [
    ...[...byQuant].map(([key, group]) => quant(key, 'gguf', oneModel(group))),
    ...[...byVariant].map(([key, group]) => {
      const own = neededOf(group.map(({ file }) => file));
      return quant(key, 'onnx', [...own, ...own.flatMap((file) => weightsOf(file.path)), ...describing]);
    }),
  ];
}

/** Without what a merged decoder takes the place of, which would double the download. */
function neededOf(graphs: readonly HubFile[]): HubFile[] {
  const isMerged = graphs.some(({ path: name }) => isMergedDecoder(name));
  return graphs.filter(({ path: name }) => !isMerged || !isBesideMerged(name));
}

/** A repo may hold several models of one quantization; the first is taken, with all of its parts. */
function oneModel(files: readonly HubFile[]): HubFile[] {
  const stem = (file: HubFile) => file.path.replace(/-\d{5}-of-\d{5}\.gguf$/i, '');
  const [first] = files;
  return first === undefined ? [] : files.filter((file) => stem(file) === stem(first));
}

const quant = (key: string, format: Quant['format'], files: HubFile[]): Quant => ({
  key,
  format,
  files,
  bytes: files.reduce((sum, file) => sum + file.bytes, 0),
});
