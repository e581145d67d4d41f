/** How the command runs, and what it runs with next. */
import { Autocomplete, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { useAsk } from '../../lib/live/query.ts';
import { Ago } from '../../ui/display/ago.tsx';
import { Status } from '../../ui/display/status.tsx';
import { SchemaForm } from '../run/schema-form.tsx';
import type { ComposerState } from './use-composer.ts';

function BrowserOptions({ composer }: { composer: ComposerState }) {
  const { draft, change } = composer;
  const set = (patch: JsonObject) => change({ spec: { ...draft.spec, ...patch } });
  const when = [
    { value: 'on', label: 'Always' },
    { value: 'on_failure', label: 'When it fails' },
    { value: 'off', label: 'Never' },
  ];
  const value = (name: string, fallback: string) =>
    typeof draft.spec[name] === 'string' ? String(draft.spec[name]) : fallback;
  return (
    <>
      <h3>Browser</h3>
      <Switch
        label="Without a window"
        checked={draft.spec.headless !== false}
        onChange={(event) => set({ headless: event.currentTarget.checked })}
      />
      <div className="two">
        <Select
          label="Trace"
          data={when}
          value={value('trace', 'on')}
          onChange={(trace) => set({ trace: trace ?? 'on' })}
        />
        <Select
          label="Last screenshot"
          data={when}
          value={value('screenshot', 'on')}
          onChange={(screenshot) => set({ screenshot: screenshot ?? 'on' })}
        />
        <Select
          label="Language"
          data={[
            { value: 'typescript', label: 'TypeScript' },
            { value: 'javascript', label: 'JavaScript' },
          ]}
          value={value('language', 'typescript')}
          onChange={(language) => set({ language: language ?? 'typescript' })}
        />
        <NumberInput
          label="Timeout, ms"
          min={0}
          max={3_600_000}
          step={1_000}
          value={typeof draft.spec.action_timeout_ms === 'number' ? draft.spec.action_timeout_ms : 30_000}
          onChange={(next) => next !== '' && set({ action_timeout_ms: Number(next) })}
        />
      </div>
      <hr />
    </>
  );
}

/** See the file's head. */
export function SidePanel({ composer }: { composer: ComposerState }) {
  const { draft, change, errors, fields } = composer;
  const profiles = useAsk('profiles_list', { limit: 200, sort: 'name' });
  const commands = useAsk('commands_list', { limit: 200, sort: 'name' });
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
      <Select
        label="Run with profile"
        clearable
        searchable
        placeholder={draft.uses.profile ? 'Needed' : 'None: a fresh browser'}
        data={profiles.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
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
      {draft.kind === 'browser' ? <BrowserOptions composer={composer} /> : null}
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
