/** How the command runs, and what it runs with next. */
import { Autocomplete, NumberInput, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useOperationQuery } from '../../lib/live/query.ts';
import { Ago } from '../../ui/display/ago.tsx';
import { Status } from '../../ui/display/status.tsx';
import { EntityPicker } from '../../ui/entity-picker/entity-picker.tsx';
import { SchemaForm } from '../run/index.ts';
import { kindViews } from './kinds/index.ts';
import type { ComposerState } from './use-composer.ts';

/** See the file's head. */
export function SidePanel({ composer }: { composer: ComposerState }) {
  const { draft, change, errors, fields } = composer;
  const { Options } = kindViews[draft.kind];
  const commands = useOperationQuery('commands_list', { limit: 200, sort: 'name' });
  const folders = [...new Set(commands.data?.items.flatMap(({ folder }) => folder ?? []) ?? [])];
  const last = commands.data?.items.find(({ name }) => name === draft.name)?.last_task;
  const number = (
    label: string,
    value: number,
    min: number,
    max: number,
    set: (value: number) => void,
    error?: string,
  ) => (
    <NumberInput
      label={label}
      min={min}
      max={max}
      value={value}
      error={error}
      onChange={(next) => next !== '' && set(Number(next))}
    />
  );
  return (
    <aside className="scroll side-panel" aria-label="Run settings">
      <EntityPicker
        of="profiles"
        label="Run with profile"
        clearable
        placeholder={draft.uses.profile ? 'Needed' : 'None: a fresh browser'}
        value={composer.profile}
        onChange={composer.setProfile}
      />
      <SchemaForm
        key={`${fields.map(({ name }) => name).join()}-${composer.generation}`}
        fields={fields}
        value={composer.input}
        onChange={composer.setInput}
        errors={errors}
      />
      {last === undefined || last === null ? null : (
        <div className="row">
          <span className="muted">Last run</span>
          <Link to="/tasks/$id" params={{ id: last.id }}>
            <Status plain state={last.status} />
          </Link>
          <span className="faint">
            <Ago at={last.at} />
          </span>
        </div>
      )}
      <hr />
      {Options === null ? null : <Options spec={draft.spec} onChange={(spec) => change({ spec })} errors={errors} />}
      <h3>Limits</h3>
      <div className="two">
        {number(
          'Timeout, s',
          draft.timeout_seconds,
          1,
          604_800,
          (timeout_seconds) => change({ timeout_seconds }),
          errors.timeout_seconds,
        )}
        {number(
          'Retries',
          draft.retry.max,
          0,
          100,
          (max) => change({ retry: { ...draft.retry, max } }),
          errors['retry.max'],
        )}
        {draft.retry.max === 0
          ? null
          : number('Backoff, s', draft.retry.backoff_seconds, 0, 86_400, (backoff_seconds) =>
              change({ retry: { ...draft.retry, backoff_seconds } }),
            )}
        {draft.retry.max === 0
          ? null
          : number('Factor', draft.retry.factor, 1, 10, (factor) => change({ retry: { ...draft.retry, factor } }))}
      </div>
      <TextInput
        label="Concurrency key"
        description="Tasks with the same key run one after the other."
        placeholder="none"
        value={draft.concurrency_key ?? ''}
        error={errors.concurrency_key}
        onChange={(event) =>
          change({ concurrency_key: event.currentTarget.value === '' ? null : event.currentTarget.value })
        }
      />
      <Switch
        label="Needs a profile"
        checked={draft.uses.profile}
        onChange={(event) => change({ uses: { ...draft.uses, profile: event.currentTarget.checked } })}
      />
      <Switch
        label="Enabled"
        checked={draft.enabled}
        onChange={(event) => change({ enabled: event.currentTarget.checked })}
      />
      <hr />
      <h3>Library</h3>
      <Autocomplete
        label="Folder"
        placeholder="none"
        data={folders}
        value={draft.folder ?? ''}
        error={errors.folder}
        onChange={(folder) => change({ folder: folder.trim() === '' ? null : folder })}
      />
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
