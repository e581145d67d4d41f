/** How the command runs whatever its input, and where it stands in the library. */
import { NumberInput, Switch, Textarea, TextInput } from '@mantine/core';
import { TagsField } from '../../../ui/form/tags-field.tsx';
import layout from '../../../ui/styles/layout.module.css';
import { kindViews } from '../kinds/index.ts';
import { FolderField } from './folder-field.tsx';
import type { ComposerState } from './use-composer.ts';

export function SettingsTab({ composer }: { composer: ComposerState }) {
  const { draft, change, errors } = composer;
  const { Options } = kindViews[draft.kind];
  return (
    <>
      {Options === null ? null : (
        <Options spec={draft.spec} onChange={(spec) => change({ spec })} errors={errors} held={composer.held} />
      )}
      <Limits composer={composer} />
      <hr />
      <h3>Library</h3>
      <FolderField value={draft.folder} error={errors.folder} onChange={(folder) => change({ folder })} />
      <TagsField
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
    </>
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
