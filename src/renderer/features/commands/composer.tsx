/** One command being edited: what it does in the middle, how it runs at the right. */
import { Braces, Copy, Play, Save, SearchCheck, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { Command } from '../../../contract/automation/commands.ts';
import type { JsonObject } from '../../../contract/kernel/scalars.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button, IconButton } from '../../ui/buttons.tsx';
import { ErrorState } from '../../ui/feedback/state-frame.tsx';
import { ScreenHead, ToolBar } from '../../ui/screen.tsx';
import { Split } from '../../ui/split.tsx';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { DryRunResult } from './dry-run.tsx';
import { InputSchema } from './input-schema.tsx';
import { JsonEditor } from './json-editor.tsx';
import { kindViews } from './kinds/index.ts';
import { SidePanel } from './side-panel.tsx';
import { useComposer } from './use-composer.ts';
import { Versions } from './versions.tsx';

type ComposerTab = 'spec' | 'input' | 'versions' | 'dry';

function SpecEditor({ composer, mode }: { composer: ReturnType<typeof useComposer>; mode: 'form' | 'json' }) {
  const { draft, change, errors } = composer;
  const setSpec = (spec: JsonObject) => change({ spec });
  if (mode === 'json') return <JsonEditor label="Spec as JSON" value={draft.spec} onChange={setSpec} />;
  const { Form } = kindViews[draft.kind];
  return <Form spec={draft.spec} onChange={setSpec} errors={errors} />;
}

/** See the file's head. `command` is `null` for one that is not stored yet. */
export function Composer({ id, command }: { id: string; command: Command | null }) {
  const composer = useComposer(id, command);
  const { draft, change, changed, errors } = composer;
  const [tab, setTab] = useState<ComposerTab>('spec');
  const [mode, setMode] = useState<'form' | 'json'>('form');
  const manage = useCan(command === null ? 'commands_create' : 'commands_update');
  const run = useCan('tasks_create');
  const dryRunBlocked = useCan('commands_dry_run');
  const saveBlocked = manage ?? (changed ? null : 'Nothing has changed');
  const runBlocked = run ?? (changed ? manage : null) ?? (draft.enabled ? null : 'The command is switched off');
  const dryRun = () => {
    composer.dryRun();
    setTab('dry');
  };
  useActions([
    {
      id: 'composer.run',
      title: 'Run',
      group: 'Command',
      layer: 'editor',
      keys: ['Mod+Enter'],
      inFields: true,
      blocked: runBlocked,
      run: composer.run,
    },
    {
      id: 'composer.save',
      title: 'Save',
      group: 'Command',
      layer: 'editor',
      keys: ['Mod+S'],
      inFields: true,
      blocked: saveBlocked,
      run: composer.save,
    },
    {
      id: 'composer.dry',
      title: 'Dry run',
      group: 'Command',
      layer: 'editor',
      keys: ['Mod+Shift+Enter'],
      inFields: true,
      blocked: dryRunBlocked,
      run: dryRun,
    },
    {
      id: 'composer.duplicate',
      title: 'Duplicate',
      group: 'Command',
      layer: 'editor',
      keys: ['D'],
      blocked: manage,
      run: composer.duplicate,
    },
    ...(command === null
      ? []
      : [
          {
            id: 'composer.delete',
            title: 'Delete',
            group: 'Command',
            layer: 'editor',
            keys: ['Delete'],
            blocked: manage,
            run: composer.remove,
          } as const,
        ]),
  ]);
  const dry = composer.dry.data;
  const tabs = [
    { id: 'spec', label: kindViews[draft.kind].tab },
    {
      id: 'input',
      label: 'Input',
      count: Object.keys((draft.input_schema.properties as JsonObject | undefined) ?? {}).length || null,
    },
    ...(command === null ? [] : [{ id: 'versions' as const, label: 'Versions', count: command.version }]),
    {
      id: 'dry',
      label: 'Dry run',
      count: dry === undefined ? null : dry.valid ? '✓' : dry.errors.length + dry.missing.length || '!',
    },
  ] as const;

  return (
    <div className="col grow" style={{ flex: 1 }}>
      <ScreenHead>
        <input
          className="title-input"
          aria-label="Name of the command"
          value={draft.name}
          maxLength={100}
          onChange={(event) => change({ name: event.target.value })}
        />
        {changed ? (
          <span className="badge tone-warn">{command === null ? 'Not saved yet' : 'Unsaved changes'}</span>
        ) : null}
        {command?.example ? <span className="tag">example</span> : null}
        <span className="grow" />
        {command === null ? null : (
          <IconButton
            label="Delete"
            action="composer.delete"
            Icon={Trash2}
            blocked={manage}
            onClick={composer.remove}
          />
        )}
        <IconButton
          label="Duplicate"
          action="composer.duplicate"
          Icon={Copy}
          blocked={manage}
          onClick={composer.duplicate}
        />
        {changed ? <IconButton label="Discard changes" Icon={Undo2} onClick={composer.discard} /> : null}
        <Button
          small
          label="Dry run"
          action="composer.dry"
          icon={<SearchCheck size={13} />}
          blocked={dryRunBlocked}
          busy={composer.dry.isPending}
          onClick={dryRun}
        >
          Dry run
        </Button>
        <Button
          small
          label="Save"
          action="composer.save"
          icon={<Save size={13} />}
          blocked={saveBlocked}
          busy={composer.saving}
          onClick={composer.save}
        >
          Save
        </Button>
        <Button
          small
          kind="primary"
          label={changed ? 'Save and run' : 'Run'}
          action="composer.run"
          icon={<Play size={13} />}
          blocked={runBlocked}
          busy={composer.running}
          onClick={composer.run}
        >
          Run
        </Button>
      </ScreenHead>
      {composer.error === null ? null : <ErrorState inline error={composer.error} />}
      <Split
        name="composer"
        fixed="second"
        size={window.innerWidth < 1200 ? 256 : 300}
        min={240}
        max={520}
        label="Width of the run settings"
        first={
          <section className="col grow" aria-label="Composer" style={{ flex: 1 }}>
            <ToolBar>
              <Tabs name="composer" label="Parts of the command" tabs={tabs} value={tab} onChange={setTab} />
              <span className="grow" />
              {tab === 'spec' ? (
                <Button
                  small
                  kind="ghost"
                  icon={<Braces size={13} />}
                  label="Edit the spec as JSON"
                  pressed={mode === 'json'}
                  onClick={() => setMode(mode === 'json' ? 'form' : 'json')}
                >
                  JSON
                </Button>
              ) : null}
            </ToolBar>
            <TabPanel name="composer" value={tab}>
              {tab === 'spec' ? (
                <SpecEditor key={`${mode}-${composer.generation}`} composer={composer} mode={mode} />
              ) : null}
              {tab === 'input' ? (
                <InputSchema key={composer.generation} draft={draft} change={change} errors={errors} />
              ) : null}
              {tab === 'versions' && command !== null ? (
                <Versions command={command} onRestore={composer.replace} />
              ) : null}
              {tab === 'dry' ? <DryRunResult kind={draft.kind} query={composer.dry} run={dryRun} /> : null}
            </TabPanel>
          </section>
        }
        second={<SidePanel composer={composer} />}
      />
    </div>
  );
}
