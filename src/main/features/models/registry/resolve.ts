/** Resolves the reference of a request to a model. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import { ModelId } from '../../../../contract/kernel/scalars.ts';
import { loadedAs } from '../../../../contract/models/engines.ts';
import type { ModelType } from '../../../../contract/models/models.ts';
import { DEFAULT_MODEL, defaultOf, refOf, splitRef } from '../../../../contract/models/reference.ts';
import type { ModelRow } from '../schema.ts';
import type { ModelStore } from '../store/model-store.ts';

/** `model-not-found` with what was asked for. */
export function modelNotFound(ref: string, detail?: string): AppError {
  return new AppError(
    'model-not-found',
    detail ?? `There is no model ${JSON.stringify(ref)} on this machine; GET /v1/models lists them.`,
    { extra: { model: ref, param: 'model' } },
  );
}

/** Quantizations in order of preference when none is named. */
const PREFERRED = ['Q4_K_M', 'Q4_K_S', 'Q4_0', 'Q5_K_M', 'q8', 'Q8_0'];
const rank = ({ variant }: ModelRow) => {
  const at = variant === null ? -1 : PREFERRED.indexOf(variant);
  return at < 0 ? PREFERRED.length : at;
};

export function createResolver(store: ModelStore, aliases: () => Readonly<Record<string, string>>) {
  /** Rows that a reference can mean, best first; none when there is no such model. */
  function matches(ref: string, variant?: string | null): ModelRow[] {
    const id = ModelId.safeParse(ref);
    if (id.success) {
      const row = store.get(id.data);
      return row ? [row] : [];
    }
    const named = splitRef(ref);
    const wanted = variant ?? named.variant;
    const rows = store
      .ofRepo(named.repo)
      .filter((row) => wanted === null || row.variant?.toLowerCase() === wanted.toLowerCase());
    return rows.sort((a, b) => Number(b.status === 'ready') - Number(a.status === 'ready') || rank(a) - rank(b));
  }

  const target = (ref: string) => (Object.hasOwn(aliases(), ref) ? (aliases()[ref] ?? ref) : ref);

  function defaultFor(type: ModelType, loaded: readonly string[]): ModelRow | undefined {
    const rows = store.all().filter((row) => row.type === type && loadedAs(row) === type && row.status === 'ready');
    return defaultOf(rows, (row) => loaded.includes(refOf(row)))?.model;
  }

  return {
    /** All installed rows of a reference. */
    matches: (ref: string, variant?: string | null) => matches(target(ref), variant),
    /**
     * The model that a reference means, whatever its state.
     * @throws AppError `model-not-found`
     */
    require(ref: string, variant?: string | null): ModelRow {
      const [row] = matches(target(ref), variant);
      if (row) return row;
      throw modelNotFound(variant == null ? ref : `${ref}:${variant}`);
    },
    /**
     * The model that a request for a type means; `default` is the selected one, or the only one.
     * @param loaded names of loaded models
     * @throws AppError `model-not-found` for an unknown name, for a default that is not there, and for a model of another type
     */
    forType(ref: string, type: ModelType, loaded: readonly string[] = []): ModelRow {
      const wanted = target(ref);
      if (wanted === DEFAULT_MODEL) {
        const row = defaultFor(type, loaded);
        if (row) return row;
        throw modelNotFound(
          ref,
          `No ${type} model is selected; name one, or select a default (POST /v1/models/select).`,
        );
      }
      const [row] = matches(wanted);
      if (!row) throw modelNotFound(ref);
      // The type of a broken model is not known; loading it reports what is wrong.
      if (row.status === 'ready' && loadedAs(row) !== type)
        throw modelNotFound(ref, `${row.name} is a model for ${row.type}; a ${type} model is needed here.`);
      return row;
    },
  };
}
