/** What the command runs with next, and how it runs. */
import { useRef, useState } from 'react';
import type { Command } from '../../../../contract/automation/commands.ts';
import { useFirstInvalid } from '../../../lib/keys/first-invalid.ts';
import { EntityPicker } from '../../../ui/entity-picker/entity-picker.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { TabPanel, Tabs } from '../../../ui/tabs.tsx';
import { InputForm, noProfileText } from '../../run/index.ts';
import { LastRun } from './last-run.tsx';
import { SettingsTab } from './settings-tab.tsx';
import css from './side-panel.module.css';
import type { ComposerState } from './use-composer.ts';

/** Fields of the tab Settings beside those of the kind. */
const SETTINGS = /^(timeout_seconds|retry|concurrency_key|uses|enabled|folder|tags|description)(\.|$)/;

export function SidePanel({ composer, command }: { composer: ComposerState; command: Command | null }) {
  const [tab, setTab] = useState<'run' | 'settings'>('run');
  const frame = useRef<HTMLElement>(null);
  const { runError } = composer;
  const [answered, setAnswered] = useState(runError);
  if (answered !== runError) {
    setAnswered(runError);
    // What the run needs is asked for there.
    if (Object.keys(runError?.errors ?? {}).some((path) => !SETTINGS.test(path))) setTab('run');
  }
  useFirstInvalid(runError, frame);
  const wrong = Object.keys(composer.errors).filter((path) => SETTINGS.test(path)).length;
  const tabs = [
    { id: 'run', label: 'Run' },
    // A message that is out of sight is counted.
    { id: 'settings', label: 'Settings', count: wrong || null },
  ] as const;
  return (
    <aside ref={frame} className={`${layout.col} ${layout.grow}`} aria-label="Run settings">
      <h2 className={text.hidden}>Run settings</h2>
      <ToolBar>
        <Tabs name="composer-side" label="Run settings" tabs={tabs} value={tab} onChange={setTab} />
      </ToolBar>
      <TabPanel name="composer-side" value={tab}>
        <div className={`${layout.scroll} ${css.panel}`}>
          {tab === 'run' ? <RunTab composer={composer} command={command} /> : <SettingsTab composer={composer} />}
        </div>
      </TabPanel>
    </aside>
  );
}

function RunTab({ composer, command }: { composer: ComposerState; command: Command | null }) {
  const { draft, errors, fields } = composer;
  return (
    <>
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
    </>
  );
}
