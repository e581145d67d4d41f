/** The job that downloads one quantization of a repo. It goes on where it was left, after a stop, a crash or a restart. */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError, toAppError } from '../../../../contract/kernel/errors.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import type { Clock } from '../../../core/clock.ts';
import type { JobContext, JobKind } from '../../jobs/index.ts';
import { modelsAt } from '../files/discover.ts';
import { requireSpace } from '../registry/copy-files.ts';
import type { Scanner } from '../registry/scan.ts';
import type { DownloadRow } from '../schema.ts';
import type { DownloadStore } from '../store/download-store.ts';
import type { ModelStore } from '../store/model-store.ts';
import type { HubClient } from './client.ts';
import { downloadFile } from './file-download.ts';
import type { HubFile, Quant } from './listing.ts';
import { bytesThere } from './part-file.ts';
import { createRate } from './rate.ts';

/** What a job of the kind `model_pull` is asked for. */
const PullInput = z.strictObject({ repo: z.string(), variant: z.string(), revision: z.string() });
export type PullInput = z.infer<typeof PullInput>;

/** What the job needs. */
export interface PullDeps {
  clock: Clock;
  client: HubClient;
  store: ModelStore;
  downloads: DownloadStore;
  scanner: Scanner;
  root: () => string;
  connections: () => number;
  /** A quantization as the hub has it now. @throws AppError */
  quantOf(input: PullInput, signal: AbortSignal): Promise<Quant>;
}

/** Where a file of a repo goes: GGUF files beside each other, the others as they are on the hub. */
export function targetOf(root: string, repo: string, file: Pick<HubFile, 'path'>): string {
  const name = /\.gguf$/i.test(file.path) ? path.posix.basename(file.path) : file.path;
  return path.join(root, ...repo.split('/'), ...name.split('/'));
}

/** Bytes of a download that are on the disk. */
export function bytesOf(root: string, { repo, files }: Pick<DownloadRow, 'repo' | 'files'>): number {
  return files.reduce((sum, file) => sum + bytesThere(root, targetOf(root, repo, file), file.bytes), 0);
}

/** Creates the kind. */
export function pullJob(deps: PullDeps): JobKind<PullInput, null> {
  const { clock, client, store, downloads, scanner, root, connections } = deps;

  async function begin({ id, input, signal }: JobContext<PullInput, null>): Promise<DownloadRow> {
    const { key, format, files, bytes } = await deps.quantOf(input, signal);
    const now = clock.now();
    const known = downloads.get(input.repo, key);
    const row: DownloadRow = {
      ...{ repo: input.repo, variant: key, revision: input.revision, format, files, bytes, problem: null, job: id },
      ...{ created_at: known?.created_at ?? now, updated_at: now },
    };
    await requireSpace(root(), bytes - bytesOf(root(), row));
    downloads.save(row);
    return row;
  }

  async function download(row: DownloadRow, context: JobContext<PullInput, null>): Promise<Map<string, string>> {
    const rate = createRate(clock, row.bytes, context.progress);
    const hashes = new Map<string, string>();
    // What describes the model first: it is small, and shows at once whether the hub lets us in.
    for (const file of row.files.toSorted((a, b) => a.bytes - b.bytes)) {
      const target = targetOf(root(), row.repo, file);
      const address = `/${row.repo}/resolve/${encodeURIComponent(row.revision)}/${file.path.split('/').map(encodeURIComponent).join('/')}`;
      const sha256 = await downloadFile({
        ...{ client, root: root(), target, address, repo: row.repo, file, connections: connections() },
        signal: context.signal,
        progress: (bytes) => rate.add(bytes, file.path),
      });
      hashes.set(target, sha256);
    }
    return hashes;
  }

  /** Lists what was downloaded. @throws AppError `model-corrupted` when it is no model after all */
  async function list(row: DownloadRow, hashes: ReadonlyMap<string, string>): Promise<string> {
    const weights = row.files
      .filter((file) => /\.(gguf|onnx)$/i.test(file.path))
      .map((file) => targetOf(root(), row.repo, file));
    for (const file of weights) {
      const candidate = (await modelsAt(file)).find((one) => one.path === file);
      if (!candidate) continue;
      const { row: model } = await scanner.register({ ...candidate, repo: row.repo, variant: row.variant }, 'download');
      const sha256 = candidate.files.length === 1 ? (hashes.get(file) ?? null) : null;
      if (sha256 !== model.sha256) store.save({ ...model, sha256, version: model.version + 1 });
      if (model.status === 'ready') return model.id;
      throw new AppError(
        'model-corrupted',
        `${model.name} was downloaded and cannot be used. ${model.problem ?? ''}`.trim(),
        {
          extra: { model: row.repo, reason: model.problem },
        },
      );
    }
    throw new AppError('model-corrupted', `${row.repo} has no model in ${row.variant}.`, {
      extra: { model: row.repo },
    });
  }

  return {
    name: 'model_pull',
    input: PullInput,
    checkpoint: z.null(),
    resumable: true,
    async run(context): Promise<Json> {
      const row = await begin(context);
      try {
        const id = await list(row, await download(row, context));
        downloads.remove(row, id);
        return { id };
      } catch (error) {
        const problem = context.signal.aborted ? null : toAppError(error).message;
        const left = row.files.some((file) => fs.existsSync(targetOf(root(), row.repo, file)));
        if (left || bytesOf(root(), row) > 0 || problem !== null)
          downloads.save({ ...row, problem, updated_at: clock.now() });
        throw error;
      }
    },
  };
}
