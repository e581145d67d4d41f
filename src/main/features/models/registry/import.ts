/** Adds models that are on this machine already: as a reference to their place, or as a copy in the models folder. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError, invalidField } from '../../../../contract/kernel/errors.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import { listOwned } from '../../../core/disk/owned-trees.ts';
import type { JobContext, JobKind } from '../../jobs/index.ts';
import { type Candidate, discover, fileAt, folderOf, ggufStem, modelsAt, slug } from '../files/discover.ts';
import type { ModelRow } from '../schema.ts';
import { copyInto, requireSpace } from './copy-files.ts';
import type { Inspector } from './inspector.ts';
import type { Scanner } from './scan.ts';

/** Input of the job `model_import`. */
const ImportInput = z.strictObject({ path: z.string(), mode: z.enum(['link', 'copy']) });
export type ImportInput = z.infer<typeof ImportInput>;

/** Files beside an ONNX model that its engine reads. */
const COMPANIONS =
  /^(config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|generation_config|preprocessor_config|processor_config|vocab|merges|modules|sentence_bert_config|config_sentence_transformers|chat_template)\.(json|txt|jinja)$|^(spiece|sentencepiece\.bpe|tokenizer)\.model$/;
/** The file of a sentence-transformers model that says how vectors are pooled. */
const POOLING = path.join('1_Pooling', 'config.json');
const MAX_MODELS = 200;

const refuse = (reason: string) => invalidField('path', reason);

/**
 * The models at a path that the operator gives. A link is followed once, to the place that is stored.
 * @throws AppError `validation-error` when there is no model
 */
async function modelsAtPath(given: string): Promise<Candidate[]> {
  if (!path.isAbsolute(given)) throw refuse('must be an absolute path');
  const real = await fs.realpath(given).catch(() => null);
  if (real === null) throw refuse('does not exist');
  const found = await fs.stat(real);
  if (!found.isFile() && !found.isDirectory()) throw refuse('must be a file or a folder');
  const candidates = found.isFile() ? await modelsAt(real) : await discover(real);
  if (candidates.length === 0) throw refuse('holds no GGUF file and no ONNX model with its config.json');
  if (candidates.length > MAX_MODELS) throw refuse(`holds ${candidates.length} models; choose one of its folders`);
  return candidates;
}

/** Files of a model with their places below the folder that holds all of them. */
async function filesOf({
  format,
  path: main,
  files,
}: Candidate): Promise<{ from: string; to: string; bytes: number }[]> {
  const own = files.map((file) => ({ ...file, from: file.path }));
  if (format === 'gguf') return own.map(({ from, bytes }) => ({ from, to: path.basename(from), bytes }));
  const dir = folderOf(main);
  const names = (await listOwned(dir, dir)).map(({ name }) => name);
  const beside = [...names.filter((name) => COMPANIONS.test(name)), POOLING].map((name) =>
    fileAt(path.join(dir, name)),
  );
  const companions = (await Promise.all(beside)).filter((file) => file !== null);
  return [...own, ...companions].map((file) => ({
    from: file.path,
    to: path.relative(dir, file.path),
    bytes: file.bytes,
  }));
}

export function createImporter(deps: { scanner: Scanner; inspect: Inspector; root: () => string }) {
  const { scanner, inspect, root } = deps;

  async function link(candidates: readonly Candidate[]): Promise<ModelRow[]> {
    const rows = [];
    for (const candidate of candidates) {
      const inside = !path.relative(root(), candidate.path).startsWith('..');
      rows.push((await scanner.register(candidate, inside ? 'folder' : 'link', true)).row);
    }
    return rows;
  }

  async function copy(candidates: readonly Candidate[], { signal, progress }: JobContext<ImportInput, null>) {
    for (const candidate of candidates) {
      const { problem } = await inspect(candidate);
      if (problem !== null)
        throw new AppError('model-corrupted', `${path.basename(candidate.path)} cannot be used. ${problem}`, {
          extra: { model: candidate.repo, reason: problem },
        });
    }
    const plans = await Promise.all(
      candidates.map(async (candidate) => ({ candidate, files: await filesOf(candidate) })),
    );
    const total = plans.flatMap(({ files }) => files).reduce((sum, file) => sum + file.bytes, 0);
    await requireSpace(root(), total);
    let done = 0;
    const count = (more: number) => {
      done += more;
      progress({ percent: total === 0 ? 100 : Math.floor((done / total) * 100), done_bytes: done, total_bytes: total });
    };
    const rows: ModelRow[] = [];
    for (const { candidate, files } of plans) {
      const folder = path.join(root(), ...candidate.repo.split('/'));
      for (const file of files) await copyInto(root(), file.from, path.join(folder, file.to), signal, count);
      const dir = candidate.format === 'gguf' ? path.dirname(candidate.path) : folderOf(candidate.path);
      const target = path.join(folder, path.relative(dir, candidate.path));
      const copied = (await modelsAt(target)).find((one) => one.path === target);
      if (!copied) throw new AppError('conflict', 'The copy was removed while it was made.');
      rows.push((await scanner.register({ ...copied, repo: candidate.repo }, 'copy')).row);
    }
    return rows;
  }

  /** Copies an uploaded GGUF file into the models folder. @throws AppError `validation-error`, `model-corrupted`, `conflict` */
  async function takeFile(file: string, name: string, signal: AbortSignal): Promise<ModelRow> {
    const plain = path.basename(name.replaceAll('\\', '/'));
    if (!/\.gguf$/i.test(plain)) throw refuse('must be a GGUF file');
    const found = await fileAt(file);
    if (found === null) throw refuse('the upload is gone');
    const stem = slug(plain.replace(/\.gguf$/i, ''));
    const folder = slug(ggufStem(plain));
    const as = { format: 'gguf', repo: `local/${folder}`, variant: null, path: file, files: [found] } as const;
    const { problem } = await inspect({ ...as, files: [found] });
    if (problem !== null)
      throw new AppError('model-corrupted', `${plain} cannot be used. ${problem}`, {
        extra: { model: plain, reason: problem },
      });
    await requireSpace(root(), found.bytes);
    const target = path.join(root(), 'local', folder, `${stem}.gguf`);
    await copyInto(root(), file, target, signal, () => undefined);
    const [copied] = await modelsAt(target);
    if (!copied) throw new AppError('conflict', 'The file was removed while it was added.');
    return (await scanner.register({ ...copied, repo: as.repo }, 'copy')).row;
  }

  const job: JobKind<ImportInput, null> = {
    name: 'model_import',
    input: ImportInput,
    checkpoint: z.null(),
    resumable: true,
    async run(context): Promise<Json> {
      const candidates = await modelsAtPath(context.input.path);
      const rows = context.input.mode === 'copy' ? await copy(candidates, context) : await link(candidates);
      return { ids: rows.map(({ id }) => id) };
    },
  };

  return { job, link, modelsAtPath, takeFile };
}
export type Importer = ReturnType<typeof createImporter>;
