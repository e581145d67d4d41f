/** One command being edited: what it does in the middle, how it runs at the right. */
import { useMediaQuery } from '@mantine/hooks';
import { Braces } from 'lucide-react';
import { useState } from 'react';
import type { Command } from '../../../../contract/automation/commands.ts';
import type { JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { Answer } from '../../../lib/live/query.ts';
import { useFilters } from '../../../lib/use-filters.ts';
import { Button } from '../../../ui/buttons.tsx';
import { ErrorState } from '../../../ui/feedback/state-frame.tsx';
import { titlesOf } from '../../../ui/schema-form/model/read-schema.ts';
import { ToolBar } from '../../../ui/screen.tsx';
import { Split } from '../../../ui/split.tsx';
import layout from '../../../ui/styles/layout.module.css';
import { TabPanel, Tabs } from '../../../ui/tabs.tsx';
import { kindViews } from '../kinds/index.ts';
import { Versions } from '../versions/versions.tsx';
import { ComposerHeader } from './composer-header.tsx';
import { Conflict } from './conflict/conflict.tsx';
import { DryRunResult } from './dry-run.tsx';
import { InputSchema } from './input-schema.tsx';
import { JsonEditor } from './json-editor.tsx';
import { SidePanel } from './side-panel.tsx';
import { type ComposerState, useComposer } from './use-composer.ts';
import { useComposerVerbs } from './use-composer-verbs.ts';

type ComposerTab = 'spec' | 'input' | 'versions' | 'dry';

/** `command` is `null` for one that is not stored yet. */
export function Composer({ id, command }: { id: string; command: Command | null }) {
  const composer = useComposer(id, command);
  const [search] = useFilters();
  const [tab, setTab] = useState<ComposerTab>(search.version === undefined ? 'spec' : 'versions');
  const verbs = useComposerVerbs(id, command, composer, () => setTab('dry'));
  const narrow = useMediaQuery('(max-width: 860px)', false, { getInitialValueInEffect: false });
  return (
    <div className={`${layout.col} ${layout.grow}`}>
      <ComposerHeader id={id} command={command} composer={composer} verbs={verbs} />
      {composer.error === null ? null : (
        <ErrorState inline error={composer.error} titles={titlesOf(composer.fields, 'input')} />
      )}
      <Conflict command={command} composer={composer} />
      <Split
        {...(narrow
          ? { name: 'composer-below', vertical: true, size: 200, min: 80, label: 'Height of the run settings' }
          : {
              name: 'composer',
              size: window.innerWidth < 1200 ? 256 : 300,
              min: 240,
              label: 'Width of the run settings',
            })}
        fixed="second"
        max={520}
        first={<Parts command={command} composer={composer} tab={tab} onTab={setTab} dryRun={verbs.dryRun} />}
        second={<SidePanel composer={composer} command={command} />}
      />
    </div>
  );
}

/** What the tab of the dry run counts: problems, or a tick. */
function dryCount(dry: Answer<'commands_dry_run'> | undefined): string | number | null {
  if (dry === undefined) return null;
  return dry.valid ? '✓' : dry.errors.length + dry.missing.length || '!';
}

/** The parts of the command behind tabs. */
function Parts({
  command,
  composer,
  tab,
  onTab,
  dryRun,
}: {
  command: Command | null;
  composer: ComposerState;
  tab: ComposerTab;
  onTab(tab: ComposerTab): void;
  dryRun(): void;
}) {
  const { draft, change, errors, generation, dry, held } = composer;
  const [mode, setMode] = useState<'form' | 'json'>('form');
  const line = Number(useFilters()[0].line) || undefined;
  const inputs = Object.keys((draft.input_schema.properties as JsonObject | undefined) ?? {}).length;
  const tabs = [
    { id: 'spec', label: kindViews[draft.kind].tab },
    { id: 'input', label: 'Input', count: inputs || null },
    ...(command === null ? [] : [{ id: 'versions' as const, label: 'Versions', count: command.version }]),
    { id: 'dry', label: 'Dry run', count: dryCount(dry.data) },
  ] as const;
  return (
    <section className={`${layout.col} ${layout.grow}`} aria-label="Composer">
      <ToolBar>
        <Tabs name="composer" label="Command sections" tabs={tabs} value={tab} onChange={onTab} />
        <span className={layout.grow} />
        {tab === 'spec' ? (
          <Button
            small
            kind="ghost"
            icon={<Braces size={13} />}
            label="Edit as JSON"
            pressed={mode === 'json'}
            onClick={() => setMode(mode === 'json' ? 'form' : 'json')}
          >
            JSON
          </Button>
        ) : null}
      </ToolBar>
      <TabPanel name="composer" value={tab}>
        {tab === 'spec' ? (
          <SpecEditor key={`${mode}-${generation}-${line}`} composer={composer} mode={mode} line={line} />
        ) : null}
        {tab === 'input' ? (
          <InputSchema key={generation} draft={draft} change={change} errors={errors} held={held} />
        ) : null}
        {tab === 'versions' && command !== null ? (
          <Versions command={command} changed={composer.changed} onLoad={composer.replace} />
        ) : null}
        {tab === 'dry' ? (
          <DryRunResult kind={draft.kind} query={dry} titles={titlesOf(composer.fields, 'input')} run={dryRun} />
        ) : null}
      </TabPanel>
    </section>
  );
}

function SpecEditor({
  composer,
  mode,
  line,
}: {
  composer: ComposerState;
  mode: 'form' | 'json';
  line: number | undefined;
}) {
  const { draft, change, errors, held } = composer;
  const setSpec = (spec: JsonObject) => change({ spec });
  if (mode === 'json')
    return <JsonEditor name="spec" label="Spec as JSON" value={draft.spec} onChange={setSpec} held={held} />;
  const { Form } = kindViews[draft.kind];
  return <Form spec={draft.spec} onChange={setSpec} errors={errors} held={held} line={line} />;
}
