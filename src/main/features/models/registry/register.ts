/** Keeps one model and its row in step: a new model is added, changed files are read again, missing ones are marked. */
import path from 'node:path';
import type { ModelSource } from '../../../../contract/models/models.ts';
import type { Clock } from '../../../core/clock.ts';
import { newId } from '../../../core/ids.ts';
import { type Candidate, fileAt, type ModelFile } from '../files/discover.ts';
import type { ModelRow } from '../schema.ts';
import type { ModelStore } from '../store/model-store.ts';
import type { Inspector } from './inspector.ts';

/** The row of a model, and how it has changed. */
export interface Registered {
  row: ModelRow;
  change: 'added' | 'changed' | null;
}

const sameFiles = (a: readonly ModelFile[], b: readonly ModelFile[]) =>
  a.length === b.length &&
  a.every((file, at) => file.path === b[at]?.path && file.bytes === b[at]?.bytes && file.modified === b[at]?.modified);

/** Display name: from the files, else from the repo. */
const nameFor = ({ repo }: Candidate, known: string | null) => known ?? path.posix.basename(repo);

export interface RegisterDeps {
  store: ModelStore;
  clock: Clock;
  inspect: Inspector;
}

export function createRegister({ store, clock, inspect }: RegisterDeps) {
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
      self_check: null,
      updated_at: clock.now(),
    };
  }

  /**
   * Lists a model or brings its row up to date.
   * @param again whether files that could not be used are read again, though they are what they were
   * @returns its row, and whether something changed
   */
  async function register(candidate: Candidate, source: ModelSource, again = false): Promise<Registered> {
    const before = store.at(candidate.path);
    const isKnown = before && before.status !== 'missing' && sameFiles(before.files, candidate.files);
    if (isKnown && !(again && before.facts === null)) return { row: before, change: null };
    const content = await contentOf(candidate);
    // Another scan may have added the row meanwhile.
    const current = store.at(candidate.path);
    if (current) {
      if (isKnown && content.problem === current.problem) return { row: current, change: null };
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

  /** Marks a row whose file is gone as missing. @returns whether it was not marked before */
  async function noteMissing(row: ModelRow): Promise<boolean> {
    if (row.status === 'missing' || (await fileAt(row.path)) !== null) return false;
    const problem = row.source === 'link' ? 'Its file is not where it was when it was added.' : 'Its file is gone.';
    store.save({ ...row, status: 'missing', problem, updated_at: clock.now(), version: row.version + 1 });
    return true;
  }

  /** Reads the files of a row again if they have changed. @returns whether the row has changed */
  async function refresh(row: ModelRow): Promise<boolean> {
    const files = await Promise.all(row.files.map((file) => fileAt(file.path)));
    const present = files.filter((file) => file !== null);
    const [first, ...rest] = present;
    if (first === undefined || first.path !== row.path) return false;
    const { change } = await register({ ...row, files: [first, ...rest] }, row.source);
    return change !== null;
  }

  return { register, refresh, noteMissing };
}
