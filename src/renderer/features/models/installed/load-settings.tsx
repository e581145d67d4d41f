/** How a model is loaded. Other than how it generates, this costs another load. */
import { NumberInput } from '@mantine/core';
import { Play } from 'lucide-react';
import { useState } from 'react';
import { ENGINES, engineOf } from '../../../../contract/models/engines.ts';
import type { InstalledModel } from '../../../../contract/models/models.ts';
import { refOf } from '../../../../contract/models/reference.ts';
import { Button } from '../../../ui/buttons.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from '../models.module.css';
import { type LoadWish, useLoading } from '../use-loading.ts';
import { tokens } from '../words.ts';

const LEAST_CONTEXT = 256;

export function LoadSettings({ model }: { model: InstalledModel }) {
  const loading = useLoading();
  const [wish, setWish] = useState<LoadWish>({});
  const loaded = loading.loaded.find(({ id }) => id === refOf(model));
  const change = (name: keyof LoadWish) => (typed: string | number) =>
    setWish(({ [name]: _old, ...others }) => (typeof typed === 'number' ? { ...others, [name]: typed } : others));
  const field = { size: 'xs', allowDecimal: false, allowNegative: false, clampBehavior: 'strict' } as const;
  return (
    <section className={`${layout.col} ${css.parts}`} aria-label="Load">
      <h3>Load</h3>
      <p className={text.muted}>
        {loaded === undefined
          ? 'It is not loaded.'
          : `It is loaded with a context of ${tokens(loaded.context_length)}.`}{' '}
        Changes load the model again, which ends the answers it is writing, and last until it is unloaded. Defaults for
        threads, batch size and context are in Settings → Inference.
      </p>
      <NumberInput
        {...field}
        label="Context length"
        placeholder="As in Settings"
        min={LEAST_CONTEXT}
        max={model.context_length ?? 1_048_576}
        clampBehavior="blur"
        value={wish.context_length ?? ''}
        onChange={change('context_length')}
      />
      {ENGINES[engineOf(model.format)].offloads ? (
        <NumberInput
          {...field}
          label="GPU layers"
          placeholder="As many as fit"
          max={(model.layers ?? 10_000) + 1}
          value={wish.gpu_layers ?? ''}
          onChange={change('gpu_layers')}
        />
      ) : null}
      <NumberInput
        {...field}
        label="Unload after (seconds)"
        description="Idle time. 0 keeps it loaded, even when another model needs memory."
        placeholder="As in Settings"
        max={31_536_000}
        value={wish.ttl_seconds ?? ''}
        onChange={change('ttl_seconds')}
      />
      <div className={layout.row}>
        <span className={layout.grow} />
        <Button
          icon={<Play size={13} />}
          busy={loading.busy}
          blocked={loading.loadBlocked(model) ?? (Object.keys(wish).length === 0 ? 'Nothing has changed' : null)}
          onClick={() => loading.loadWith(model, wish)}
        >
          {loaded === undefined ? 'Load with these' : 'Reload with these'}
        </Button>
      </div>
    </section>
  );
}
