/** How much of the memory that models can have is taken, and by which. */

import { bytes } from '../../lib/format.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import text from '../../ui/styles/text.module.css';
import css from './memory-bar.module.css';
import type { LoadedModel } from './use-loading.ts';

const MIB = 1024 * 1024;
/** Other programs take and give memory, of which no event tells. */
const REFRESH_MS = 10_000;

export function MemoryBar({ loaded, small = false }: { loaded: readonly LoadedModel[]; small?: boolean }) {
  const { data } = useOperationQuery('get_resources', {}, { refetchInterval: REFRESH_MS });
  if (data === undefined) return null;
  const used = loaded.reduce((sum, model) => sum + model.memory_usage, 0);
  const budget = used + data.cpu_ram.available_mb * MIB;
  const said = `${bytes(used)} of ${bytes(budget)}`;
  return (
    <div className={css.frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a meter cannot be drawn in parts */}
      <div
        className={small ? `${css.bar} ${css.small}` : css.bar}
        role="meter"
        aria-label="Memory of loaded models"
        aria-valuemin={0}
        aria-valuemax={budget}
        aria-valuenow={used}
        aria-valuetext={said}
      >
        {loaded.map(({ id, memory_usage }) => (
          <span
            key={id}
            style={{ width: `${(memory_usage / budget) * 100}%` }}
            title={`${id}: ${bytes(memory_usage)}`}
          />
        ))}
      </div>
      <span className={`${text.muted} ${text.small} ${css.said}`} title="What models take, of that and what is free">
        {said}
      </span>
    </div>
  );
}
