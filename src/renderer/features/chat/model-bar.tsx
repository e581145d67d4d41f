/** Which model is asked, or which two are compared. */
import { Columns2, Play, Square } from 'lucide-react';
import type { InstalledModel } from '../../../contract/models/models.ts';
import { type DefaultBecause, refOf } from '../../../contract/models/reference.ts';
import { Button } from '../../ui/buttons.tsx';
import field from '../../ui/styles/field.module.css';
import { useLoadPercent } from '../models/index.ts';
import css from './chat.module.css';
import type { ChatModels } from './use-chat-models.ts';
import type { Settings } from './use-settings.ts';

/** The models that a message goes to; undefined stands for one that is not installed. */
export function askedOf({ fields }: Settings, models: ChatModels): (InstalledModel | undefined)[] {
  return [models.find(fields.model), ...(fields.compare === '' ? [] : [models.find(fields.compare)])];
}

const BECAUSE: Record<DefaultBecause | 'first', string> = {
  selected: 'Default',
  'only-loaded': 'Loaded model',
  'only-installed': 'Only model',
  first: 'First by name',
};

/** Which model is asked without a choice, and why that one. */
const noneText = ({ standard }: ChatModels) =>
  standard === undefined ? 'Default model' : `${BECAUSE[standard.because]}: ${standard.model.name}`;

export function ModelBar({
  settings,
  models,
  asked,
}: {
  settings: Settings;
  models: ChatModels;
  asked: readonly (InstalledModel | undefined)[];
}) {
  const { fields } = settings;
  const isComparing = fields.compare !== '';
  const other = models.models.find((model) => model !== asked[0]);
  return (
    <>
      <ModelChoice
        label="Model"
        value={fields.model}
        none={noneText(models)}
        models={models}
        choose={(model) => settings.change({ model })}
      />
      {isComparing ? (
        <ModelChoice
          label="Compare with"
          value={fields.compare}
          none="One answer"
          models={models}
          choose={(compare) => settings.change({ compare })}
        />
      ) : (
        <Button
          small
          kind="ghost"
          icon={<Columns2 size={13} />}
          action="chat.compare"
          blocked={other === undefined ? 'Two chat models are needed' : null}
          onClick={() => other && settings.change({ compare: refOf(other) })}
        >
          Compare
        </Button>
      )}
      <NotLoaded asked={asked.filter((model) => model !== undefined)} models={models} />
    </>
  );
}

function ModelChoice({
  label,
  value,
  none,
  models,
  choose,
}: {
  label: string;
  value: string;
  /** What stands for no choice. */
  none: string;
  models: ChatModels;
  choose(ref: string): void;
}) {
  const refs = models.models.map(refOf);
  return (
    <select
      className={`${field.field} ${css.select}`}
      aria-label={label}
      value={value}
      onChange={({ target }) => choose(target.value)}
    >
      <option value="">{none}</option>
      {value !== '' && !refs.includes(value) ? <option value={value}>{value} (not installed)</option> : null}
      {models.models.map((model) => (
        <option key={model.id} value={refOf(model)}>
          {model.name}
          {model.variant === null ? '' : ` ${model.variant}`}
          {models.loading.isLoaded(model) ? ' · loaded' : ''}
        </option>
      ))}
    </select>
  );
}

/** Models that are asked and not in memory yet: they can be loaded now, or are with the first message. */
function NotLoaded({ asked, models }: { asked: readonly InstalledModel[]; models: ChatModels }) {
  const { loading } = models;
  const missing = asked.filter((model) => !loading.isLoaded(model));
  const [first] = missing;
  const percent = useLoadPercent(first && loading.loadOf(first));
  if (first === undefined) return null;
  return (
    <Button
      small
      icon={percent === null ? <Play size={12} /> : <Square size={12} />}
      busy={loading.busy}
      blocked={loading.blocked(first)}
      onClick={() => loading.toggle(first)}
    >
      {percent === null ? `Load ${first.name}` : `Cancel loading, ${percent} %`}
    </Button>
  );
}
