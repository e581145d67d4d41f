/** Models on this machine as the rest of the program sees them. */
import path from 'node:path';
import type { Page } from '../../../contract/kernel/paging.ts';
import type { ModelId } from '../../../contract/kernel/scalars.ts';
import { InstalledModel, type ModelType } from '../../../contract/models/models.ts';
import { refOf } from '../../../contract/models/reference.ts';
import type { Clock } from '../../core/clock.ts';
import { type Db, recordOf, recordsOf } from '../../core/db/index.ts';
import { notFound } from '../../core/operation/versioned.ts';
import { mb } from './memory/estimate.ts';
import { type FitPlanner, fitOf } from './memory/fit.ts';
import type { Held } from './memory/plan.ts';
import { createFindings } from './registry/findings.ts';
import { createRemover } from './registry/remove.ts';
import { createResolver, modelNotFound } from './registry/resolve.ts';
import type { Scanner } from './registry/scan.ts';
import { selectable, usable } from './registry/usable.ts';
import { planFactsOf, toModel } from './registry/views.ts';
import type { ModelRow } from './schema.ts';
import type { ModelListInput, ModelStore } from './store/model-store.ts';

/** What engines say of loaded models; the engines are created after this feature. */
export interface Engines {
  /** @param name `owner/repo:variant` */
  isLoaded(name: string): boolean;
  /** What loaded models hold. */
  held(): Held;
  /** Ends what runs on it, and unloads it when it is loaded. */
  unload(name: string): Promise<void>;
}

function missing(id: ModelId): never {
  throw notFound('model', id);
}

/** Creates the service. */
export function createModelService(deps: {
  db: Db;
  store: ModelStore;
  clock: Clock;
  planner: FitPlanner;
  scanner: Scanner;
  root: () => string;
  aliases: () => Readonly<Record<string, string>>;
  engines: Engines;
}) {
  const { db, store, clock, planner, scanner, root, engines } = deps;
  const resolver = createResolver(store, deps.aliases);
  const remove = createRemover({ store, root, unload: engines.unload });
  const view = (row: ModelRow): InstalledModel => recordOf(InstalledModel, () => toModel(row));
  const require = (id: ModelId): ModelRow => store.get(id) ?? missing(id);

  return {
    get: (id: ModelId) => view(require(id)),
    list(query: ModelListInput): Page<InstalledModel> {
      const page = store.list(query);
      return { ...page, items: recordsOf(db, 'model', InstalledModel, page.items, toModel) };
    },
    /** Those that could be loaded, against what is free now. @param context the usual one unless given */
    fits(context: number | undefined) {
      const { ram, vram } = planner.free();
      const rows = store.all().filter((row) => row.status === 'ready');
      const items = rows.map((row) => ({
        id: row.id,
        fit: fitOf(planner.plan(planFactsOf(row), { contextLength: context })),
      }));
      return { items, free_ram_mb: mb(ram), free_vram_mb: vram === null ? null : mb(vram) };
    },
    all: store.all,
    view,
    scan: scanner.scan,
    isLoaded: (row: ModelRow) => engines.isLoaded(refOf(row)),
    /** The row that a reference means, whatever its state. @throws AppError `model-not-found` */
    find: resolver.require,
    matches: resolver.matches,
    /**
     * The model that a request means, ready to be loaded. Its files are looked at again, unless it is loaded: they may have changed since the last scan.
     * @param type null when any will do
     * @param loaded names of loaded models
     * @param again whether one that has ended an engine is tried again
     * @throws AppError `model-not-found`, `model-corrupted`
     */
    async usable(
      ref: string,
      type: ModelType | null,
      loaded: readonly string[] = [],
      again = false,
    ): Promise<ModelRow> {
      const found = type === null ? resolver.require(ref) : resolver.forType(ref, type, loaded);
      // What is in memory answers, whatever has become of its files.
      if (loaded.includes(refOf(found))) return usable(found, again);
      await scanner.refresh(found);
      return usable(require(found.id), again);
    },
    /** Makes a model the default of its type. @throws AppError `model-not-found`, `invalid-state` for one that cannot be used or has no default */
    select(ref: string): ModelRow {
      const row = selectable(resolver.require(ref));
      if (!row.selected) store.select({ ...row, selected: true, updated_at: clock.now(), version: row.version + 1 });
      return row;
    },
    /** Deletes every quantization that a reference means, or one. @throws AppError `model-not-found` */
    async remove(ref: string, variant: string | undefined): Promise<{ row: ModelRow; freed: number }> {
      const rows = resolver.matches(ref, variant);
      const [row] = rows;
      if (!row) throw modelNotFound(variant === undefined ? ref : `${ref}:${variant}`);
      return { row, freed: await remove(rows) };
    },
    ...createFindings({ store, clock, find: (ref) => resolver.matches(ref)[0] }),
    /** Name of the folder, for people. */
    folder: () => path.resolve(root()),
  };
}
export type ModelService = ReturnType<typeof createModelService>;
