/** The models in memory. */
import { Square, X, Zap } from 'lucide-react';
import { bytes, count } from '../../lib/format.ts';
import { Button } from '../../ui/buttons.tsx';
import { Tag } from '../../ui/display/badge.tsx';
import { EmptyState } from '../../ui/feedback/state-frame.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { MemoryBar } from './memory-bar.tsx';
import css from './models.module.css';
import { ShareBar } from './progress-line.tsx';
import { type LoadedModel, type Loading, type LoadingModel, useLoadPercent } from './use-loading.ts';

export function RunningTab({ loading }: { loading: Loading }) {
  if (loading.loaded.length + loading.loads.length === 0)
    return (
      <EmptyState icon={<Zap size={24} />} title="No model is loaded" help="models">
        A model is loaded when a request needs it, or with Load in its details. It is unloaded after some time without
        requests.
      </EmptyState>
    );
  return (
    <div className={layout.scroll}>
      <section className={css.page} aria-label="Loaded models">
        <MemoryBar loaded={loading.loaded} />
        <ul className={layout.bare}>
          {loading.loads.map((load) => (
            <Load key={load.id} load={load} loading={loading} />
          ))}
          {loading.loaded.map((model) => (
            <Running key={model.id} model={model} loading={loading} />
          ))}
        </ul>
      </section>
    </div>
  );
}

function Running({ model, loading }: { model: LoadedModel; loading: Loading }) {
  const { id, device, active_requests: active, queued_requests: queued } = model;
  const refused = model.refused_devices.map((one) => `Not on ${one.device}: ${one.reason}`).join('\n');
  const places = model.slots.map(
    ({ busy, busy_seconds }, at) => `Place ${at + 1}: ${busy ? `computes for ${count(busy_seconds)} s` : 'free'}`,
  );
  const use = active + queued > 0 ? `${count(active)} running, ${count(queued)} waiting` : 'Idle';
  return (
    <li className={css.line}>
      <span className={`${layout.grow} ${text.clip} ${css.name}`}>{id}</span>
      <span title={refused === '' ? undefined : refused}>
        <Tag>
          {model.backend}, {device}
        </Tag>
      </span>
      <span className={text.muted} title={places.join('\n')}>
        {use}
      </span>
      <span className={`${text.muted} ${text.num}`}>{count(model.context_length)} tokens</span>
      <span className={`${css.figure} ${text.num}`}>{bytes(model.memory_usage)}</span>
      <Button
        small
        about={id}
        icon={<Square size={12} />}
        blocked={loading.unloadBlocked}
        onClick={() => loading.unload(id)}
      >
        Unload
      </Button>
    </li>
  );
}

function Load({ load, loading }: { load: LoadingModel; loading: Loading }) {
  const percent = useLoadPercent(load) ?? 0;
  return (
    <li className={css.line}>
      <span className={`${layout.grow} ${text.clip} ${css.name}`}>{load.id}</span>
      <span className={text.muted}>Loading</span>
      <ShareBar percent={percent} label={`Loading ${load.id}`} />
      <Button
        small
        about={load.id}
        icon={<X size={12} />}
        blocked={loading.unloadBlocked}
        onClick={() => loading.unload(load.id)}
      >
        Cancel
      </Button>
    </li>
  );
}
