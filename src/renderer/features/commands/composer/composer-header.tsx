import { Copy, Play, Save, SearchCheck, Trash2, Undo2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { Command } from '../../../../contract/automation/commands.ts';
import { Button, IconButton } from '../../../ui/buttons.tsx';
import { Badge, Tag } from '../../../ui/display/badge.tsx';
import { ScreenHead } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import { takeNew } from '../draft.ts';
import css from './composer.module.css';
import type { ComposerState } from './use-composer.ts';
import type { ComposerVerbs } from './use-composer-verbs.ts';

function DraftVerbs({ saved, changed, verbs }: { saved: boolean; changed: boolean; verbs: ComposerVerbs }) {
  const { manage } = verbs.blocked;
  return (
    <>
      {saved ? (
        <IconButton label="Delete" action="composer.delete" Icon={Trash2} blocked={manage} onClick={verbs.remove} />
      ) : null}
      <IconButton
        label="Duplicate"
        action="composer.duplicate"
        Icon={Copy}
        blocked={manage}
        onClick={verbs.duplicate}
      />
      {changed ? <IconButton label="Discard changes" Icon={Undo2} onClick={verbs.discard} /> : null}
    </>
  );
}

/** Command name, whether it is saved, and what can be done with it. */
export function ComposerHeader({
  id,
  command,
  composer,
  verbs,
}: {
  id: string;
  command: Command | null;
  composer: ComposerState;
  verbs: ComposerVerbs;
}) {
  const { draft, change, changed, busy, dry } = composer;
  const { blocked } = verbs;
  const name = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (takeNew(id)) name.current?.select();
  }, [id]);
  return (
    <ScreenHead>
      <input
        ref={name}
        className={css.title}
        aria-label="Command name"
        value={draft.name}
        maxLength={100}
        onChange={(event) => change({ name: event.target.value })}
      />
      {changed ? (
        <Badge tone="warn">
          {command === null ? 'Not saved yet' : 'Unsaved changes'}
          {composer.kept ? null : ': lost on reload, the browser’s storage is full'}
        </Badge>
      ) : null}
      {command?.example ? <Tag>example</Tag> : null}
      <span className={layout.grow} />
      <DraftVerbs saved={command !== null} changed={changed} verbs={verbs} />
      <Button
        small
        label="Dry run"
        action="composer.dry"
        icon={<SearchCheck size={13} />}
        blocked={blocked.dryRun}
        busy={dry.isPending}
        onClick={verbs.dryRun}
      >
        Dry run
      </Button>
      <Button
        small
        label="Save"
        action="composer.save"
        icon={<Save size={13} />}
        blocked={blocked.save}
        busy={busy === 'save'}
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
        blocked={blocked.run}
        busy={busy === 'run'}
        onClick={composer.run}
      >
        Run
      </Button>
    </ScreenHead>
  );
}
