/** Keeps the rows in step with the files: what is new is opened and listed, what has changed is opened again, what has gone is said. */
import path from 'node:path';
import type { ModelSource } from '../../../../contract/models/models.ts';
import type { Clock } from '../../../core/clock.ts';
import { newId } from '../../../core/ids.ts';
import { type Candidate, discover, fileAt, type ModelFile } from '../files/discover.ts';
import { inspect } from '../files/inspect.ts';
import type { ModelRow } from '../schema.ts';
import type { ModelStore } from '../store/model-store.ts';

/** What a scan has found. */
export interface Scanned {
  added: number;
  changed: number;
  missing: number;
}

const sameFiles = (a: readonly ModelFile[], b: readonly ModelFile[]) =>
  a.length === b.length &&
  a.every((file, at) => file.path === b[at]?.path && file.bytes === b[at]?.bytes && file.modified === b[at]?.modified);

/** Name for people: what the files say, else that of the repo. */
const nameFor = ({ repo }: Candidate, known: string | null) => known ?? path.posix.basename(repo);

/** Creates the scanner. */
export function createScanner(deps: { store: ModelStore; clock: Clock; root: () => string }) {
  const { store, clock, root } = deps;
  let running: Promise<Scanned> | undefined;
  let stopped = false;

  async function contentOf(candidate: Candidate) {
    const { facts, problem } = await inspect(candidate);
    return {
      name: nameFor(candidate, facts?.name ?? null),
      type: facts?.type ?? ('other' as const),
      status: problem === null ? ('ready' as const) : ('broken' as const),
      problem,
      bytes: candidate.files.reduce((sum, file) => sum + file.bytes, 0),
      architecture: facts?.architecture ?? null,
      parameters: facts?.parameters ?? null,
      context_length: facts?.context_length ?? null,
      facts,
      files: [...candidate.files] as ModelRow['files'],
      updated_at: clock.now(),
    };
  }

  /** Lists a model or brings its row up to date. @returns its row, and whether something changed */
  async function register(
    candidate: Candidate,
    source: ModelSource,
  ): Promise<{ row: ModelRow; change: keyof Scanned | null }> {
    const before = store.at(candidate.path);
    if (before && before.status !== 'missing' && sameFiles(before.files, candidate.files))
      return { row: before, change: null };
    const content = await contentOf(candidate);
    // Another scan may have been here meanwhile.
    const current = store.at(candidate.path);
    if (current) {
      const kept = content.type === current.type && current.selected;
      const row = { ...current, ...content, selected: kept, sha256: null, version: current.version + 1 };
      store.save(row);
      return { row, change: 'changed' };
    }
    const { format, repo, variant, path: file } = candidate;
    const row: ModelRow = {
      ...{ id: newId('model'), repo, variant, format, source, path: file, ...content },
      ...{ sha256: null, selected: false, created_at: content.updated_at, version: 1 },
    };
    store.insert(row);
    return { row, change: 'added' };
  }

  /** Says of a row whose file is not where it was. @returns whether that is news */
  async function noteMissing(row: ModelRow): Promise<boolean> {
    if (row.status === 'missing' || (await fileAt(row.path)) !== null) return false;
    const problem = row.source === 'link' ? 'Its file is not where it was when it was added.' : 'Its file is gone.';
    store.save({ ...row, status: 'missing', problem, updated_at: clock.now(), version: row.version + 1 });
    return true;
  }

  async function scan(): Promise<Scanned> {
    const counts: Scanned = { added: 0, changed: 0, missing: 0 };
    for (const candidate of await discover(root())) {
      if (stopped) return counts;
      const { change } = await register(candidate, 'folder');
      if (change !== null) counts[change] += 1;
    }
    if (stopped) return counts;
    for (const row of store.all()) {
      if (stopped) return counts;
      if (await noteMissing(row)) counts.missing += 1;
      else if (row.source === 'link') {
        const change = await refresh(row);
        if (change) counts.changed += 1;
      }
    }
    return counts;
  }

  /** Opens the files of a row again when they are not what they were. */
  async function refresh(row: ModelRow): Promise<boolean> {
    const files = await Promise.all(row.files.map((file) => fileAt(file.path)));
    const present = files.filter((file) => file !== null);
    const [first, ...rest] = present;
    if (first === undefined || first.path !== row.path) return false;
    const { change } = await register({ ...row, files: [first, ...rest] }, row.source);
    return change !== null;
  }

  return {
    register,
    refresh,
    /** Looks through the models folder; who asks while it looks gets the same answer. */
    scan(): Promise<Scanned> {
      running ??= scan().finally(() => {
        running = undefined;
      });
      return running;
    },
    /** Ends a scan after the model that it looks at. */
    async stop(): Promise<void> {
      stopped = true;
      await running?.catch(() => undefined);
    },
  };
}
export type Scanner = ReturnType<typeof createScanner>;
