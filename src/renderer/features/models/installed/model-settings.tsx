/** Settings of a model, as a form made from their schema. */
import { useState } from 'react';
import { z } from 'zod';
import { JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { InstalledModel } from '../../../../contract/models/models.ts';
import { refOf } from '../../../../contract/models/reference.ts';
import { APPLIED_SETTINGS, InferenceSettings } from '../../../../contract/models/settings.ts';
import { useDraftForm } from '../../../lib/drafts/use-draft-form.ts';
import { useAct, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { ErrorState, StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { toast } from '../../../ui/feedback/toast.tsx';
import { fieldsOf, titlesOf } from '../../../ui/schema-form/model/read-schema.ts';
import { SchemaForm } from '../../../ui/schema-form/schema-form.tsx';
import { textProblem } from '../../../ui/schema-form/use-json-text.ts';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import css from '../models.module.css';
import { LoadSettings } from './load-settings.tsx';

const FIELDS = fieldsOf(JsonObject.parse(z.toJSONSchema(InferenceSettings, { io: 'input', unrepresentable: 'any' })));
/** What engines do not apply is not asked for; the JSON of a section has it all the same. */
const SECTIONS = Object.entries({ Sampling: APPLIED_SETTINGS.sampling, More: APPLIED_SETTINGS.more }).map(
  ([title, names]) => ({ title, fields: names.flatMap((name) => FIELDS.find((field) => field.name === name) ?? []) }),
);
const TITLES = titlesOf(FIELDS, 'settings');
const SHAPE = { settings: JsonObject };
const SOURCES = {
  default: 'Defaults, until you save your own.',
  preset: 'Recommended for the family of this model, until you save your own.',
  saved: 'These were saved for this model.',
};

/** The settings of a model, once they are known. */
export function ModelSettings({ model }: { model: InstalledModel }) {
  const named = { repo_id: model.repo, variant: model.variant ?? 'default' };
  const query = useOperationQuery('get_inference_settings', named);
  return (
    <StateFrame of={query} skeleton={8}>
      {query.data === undefined ? null : (
        <div className={`${layout.col} ${css.sections}`}>
          <LoadSettings key={`load ${refOf(model)}`} model={model} />
          <SettingsForm key={refOf(model)} named={named} stored={query.data} saved={() => void query.refetch()} />
        </div>
      )}
    </StateFrame>
  );
}

function SettingsForm({
  named,
  stored,
  saved,
}: {
  named: { repo_id: string; variant: string };
  stored: { settings: InferenceSettings; source: keyof typeof SOURCES };
  saved(): void;
}) {
  const noSave = useCan('save_inference_settings');
  const [texts, setTexts] = useState<Record<string, string>>({});
  const held = {
    texts,
    setText: (name: string, typed: string | null) =>
      setTexts(({ [name]: _old, ...others }) => (typed === null ? others : { ...others, [name]: typed })),
  };
  const form = useDraftForm(`model-settings:${named.repo_id}:${named.variant}`, {
    initial: { settings: JsonObject.parse(stored.settings) },
    version: null,
    shape: SHAPE,
  });
  const save = useAct('save_inference_settings', {
    onDone: () => {
      form.drop();
      toast('Settings saved');
      saved();
    },
  });
  const errors = Object.fromEntries(
    Object.entries(save.error?.errors ?? {}).map(([name, said]) => [
      name.startsWith('settings') ? name : `settings.${name}`,
      said,
    ]),
  );
  const submit = () => save.mutate({ ...named, settings: form.values.settings as Partial<InferenceSettings> });
  return (
    <div className={`${layout.col} ${css.parts}`}>
      <p className={text.muted}>{SOURCES[stored.source]}</p>
      {SECTIONS.map(({ title, fields }) => (
        <SchemaForm
          key={title}
          name="settings"
          title={title}
          none="This model has no settings"
          fields={fields}
          value={form.values.settings}
          onChange={(settings) => form.change({ settings })}
          errors={errors}
          held={held}
        />
      ))}
      {save.error === null ? null : <ErrorState inline error={save.error} titles={TITLES} />}
      <div className={layout.row}>
        <span className={layout.grow} />
        <Button blocked={form.isChanged ? null : 'Nothing has changed'} onClick={() => form.drop()}>
          Discard changes
        </Button>
        <Button
          kind="primary"
          busy={save.isPending}
          blocked={noSave ?? textProblem(held) ?? (form.isChanged ? null : 'Nothing has changed')}
          onClick={submit}
        >
          Save settings
        </Button>
      </div>
    </div>
  );
}
