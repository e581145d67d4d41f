/** Models on this machine as the rest of the program sees them. */
import path from 'node:path';
import type { Page } from '../../../contract/kernel/paging.ts';
import type { ModelId } from '../../../contract/kernel/scalars.ts';
import { InstalledModel, type ModelType } from '../../../contract/models/models.ts';
import { refOf } from '../../../contract/models/reference.ts';
import type { SelfCheck } from '../../../contract/models/self-check.ts';
import type { Clock } from '../../core/clock.ts';
import { type Db, recordOf, recordsOf } from '../../core/db/index.ts';
import type { Hardware } from '../../core/hardware.ts';
import { notFound } from '../../core/operation/versioned.ts';
import { mb } from './memory/estimate.ts';
import { type FreeMemory, fitOf, freeNow } from './memory/fit.ts';
import { createRemover } from './registry/remove.ts';
import { createResolver, modelNotFound } from './registry/resolve.ts';
import type { Scanner } from './registry/scan.ts';
import { hasEndedEngine, selectable, usable } from './registry/usable.ts';
import { sizedOf, toModel } from './registry/views.ts';
import type { ModelRow } from './schema.ts';
import type { ModelListInput, ModelStore } from './store/model-store.ts';

/** What engines say of loaded models; the engines are created after this feature. */
export interface Engines {
  /** @param name `owner/repo:variant` */
  isLoaded(name: string): boolean;
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
  hardware: Hardware;
  scanner: Scanner;
  root: () => string;
  aliases: () => Readonly<Record<string, string>>;
  engines: Engines;
}) {
  const { db, store, clock, hardware, scanner, root, engines } = deps;
  const resolver = createResolver(store, deps.aliases);
  const first = (ref: string): ModelRow | undefined => resolver.matches(ref)[0];
  const remove = createRemover({ store, root, unload: engines.unload });
  const free = (): FreeMemory => freeNow(hardware.graphicsNow());
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
      const memory = free();
      const rows = store.all().filter((row) => row.status === 'ready');
      const items = rows.map((row) => ({ id: row.id, fit: fitOf(sizedOf(row), memory, context) }));
      return { items, free_ram_mb: mb(memory.ram), free_vram_mb: memory.vram === null ? null : mb(memory.vram) };
    },
    all: store.all,
    view,
    free,
    scan: scanner.scan,
    isLoaded: (row: ModelRow) => engines.isLoaded(refOf(row)),
    /** The row that a reference means, whatever its state. @throws AppError `model-not-found` */
    find: resolver.require,
    matches: resolver.matches,
    /**
     * The model that a request means, ready to be loaded. Its files are looked at again: they may have changed since the last scan.
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
      await scanner.refresh(found);
      return usable(require(found.id), again);
    },
    /** Keeps a model whose load has ended an engine from being loaded by requests: each would end what all others compute. */
    endedEngine(ref: string, reason: string): void {
      const row = first(ref);
      if (row?.status !== 'ready') return;
      const problem = `The engine ended when it loaded this model: ${reason} It is loaded again only when it is asked for by name (Load, or POST /v1/models/load).`;
      store.save({ ...row, status: 'broken', problem, updated_at: clock.now(), version: row.version + 1 });
    },
    /** Takes that back. */
    wasLoaded(ref: string): void {
      const row = first(ref);
      if (row === undefined || !hasEndedEngine(row)) return;
      store.save({ ...row, status: 'ready', problem: null, updated_at: clock.now(), version: row.version + 1 });
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
    selfCheck: {
      wanted: (ref: string): boolean => first(ref)?.self_check === null,
      save(ref: string, self_check: SelfCheck): void {
        const row = first(ref);
        if (row) store.save({ ...row, self_check, updated_at: clock.now(), version: row.version + 1 });
      },
    },
    /** Tells subscribers that something about a model has changed that is not stored. */
    announce(ref: string): void {
      const row = first(ref);
      if (row) store.announce(row.id);
    },
    /** Name of the folder, for people. */
    folder: () => path.resolve(root()),
  };
}
export type ModelService = ReturnType<typeof createModelService>;
