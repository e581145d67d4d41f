/** How the command runs, and what it runs with next. */
import { NumberInput, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { Command } from '../../../../contract/automation/commands.ts';
import { EntityPicker } from '../../../ui/entity-picker/entity-picker.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { InputForm, noProfileText } from '../../run/index.ts';
import { kindViews } from '../kinds/index.ts';
import { FolderField } from './folder-field.tsx';
import { LastRun } from './last-run.tsx';
import css from './side-panel.module.css';
import type { ComposerState } from './use-composer.ts';

export function SidePanel({ composer, command }: { composer: ComposerState; command: Command | null }) {
  const { draft, change, errors, fields } = composer;
  const { Options } = kindViews[draft.kind];
  return (
    <aside className={`${layout.scroll} ${css.panel}`} aria-label="Run settings">
      <h2 className={text.hidden}>Run settings</h2>
      <EntityPicker
        of="profiles"
        label="Run with profile"
        clearable
        placeholder={noProfileText(draft.kind, draft.uses.profile)}
        value={composer.profile}
        onChange={composer.setProfile}
      />
      <InputForm
        key={`${fields.map(({ name }) => name).join()}-${composer.generation}`}
        fields={fields}
        value={composer.input}
        onChange={composer.setInput}
        errors={errors}
        held={composer.held}
      />
      {command === null ? null : <LastRun id={command.id} />}
      <hr />
      {Options === null ? null : (
        <Options spec={draft.spec} onChange={(spec) => change({ spec })} errors={errors} held={composer.held} />
      )}
      <Limits composer={composer} />
      <hr />
      <h3>Library</h3>
      <FolderField value={draft.folder} error={errors.folder} onChange={(folder) => change({ folder })} />
      <TagsInput
        label="Tags"
        value={draft.tags}
        maxTags={30}
        error={errors.tags}
        onChange={(tags) => change({ tags })}
      />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        maxRows={8}
        value={draft.description}
        error={errors.description}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
    </aside>
  );
}

/** How long, how often, and beside what its tasks may run. */
function Limits({ composer: { draft, change, errors } }: { composer: ComposerState }) {
  const { retry, uses } = draft;
  const setRetry = (patch: Partial<typeof retry>) => change({ retry: { ...retry, ...patch } });
  return (
    <>
      <h3>Limits</h3>
      <div className={layout.two}>
        <Limit
          label="Timeout (s)"
          value={draft.timeout_seconds}
          min={1}
          max={604_800}
          error={errors.timeout_seconds}
          onChange={(timeout_seconds) => change({ timeout_seconds })}
        />
        <Limit
          label="Retries"
          value={retry.max}
          min={0}
          max={100}
          error={errors['retry.max']}
          onChange={(max) => setRetry({ max })}
        />
        {retry.max === 0 ? null : (
          <>
            <Limit
              label="Backoff (s)"
              value={retry.backoff_seconds}
              min={0}
              max={86_400}
              error={errors['retry.backoff_seconds']}
              onChange={(backoff_seconds) => setRetry({ backoff_seconds })}
            />
            <Limit
              label="Backoff factor"
              value={retry.factor}
              min={1}
              max={10}
              error={errors['retry.factor']}
              onChange={(factor) => setRetry({ factor })}
            />
          </>
        )}
      </div>
      <TextInput
        label="Concurrency key"
        description="Tasks with the same key run one at a time."
        placeholder="none"
        value={draft.concurrency_key ?? ''}
        error={errors.concurrency_key}
        onChange={({ currentTarget: { value } }) => change({ concurrency_key: value === '' ? null : value })}
      />
      <Switch
        label="Requires a profile"
        checked={uses.profile}
        onChange={(event) => change({ uses: { ...uses, profile: event.currentTarget.checked } })}
      />
      <Switch
        label="Enabled"
        checked={draft.enabled}
        onChange={(event) => change({ enabled: event.currentTarget.checked })}
      />
    </>
  );
}

function Limit({
  onChange,
  ...field
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  error: string | undefined;
  onChange(value: number): void;
}) {
  return <NumberInput {...field} onChange={(next) => next !== '' && onChange(Number(next))} />;
}
