import { useState } from 'react';
import type { Command } from '../../../../contract/automation/commands.ts';
import { type RowOf, usePages } from '../../../lib/live/query.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Ago } from '../../../ui/display/ago.tsx';
import { Tag } from '../../../ui/display/badge.tsx';
import { StateFrame } from '../../../ui/feedback/state-frame.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import type { Draft } from '../draft.ts';
import { kindViews } from '../kinds/index.ts';
import { changesOf, summaryOf } from './changes.ts';
import { useVersionVerbs } from './use-version-verbs.ts';
import { VersionChanges } from './version-changes.tsx';
import css from './versions.module.css';

/** Earlier versions with what changed in each; any of them can be restored, or loaded into the editor. */
export function Versions({
  command,
  changed,
  onLoad,
}: {
  command: Command;
  /** The editor has changes that are not saved. */
  changed: boolean;
  onLoad(draft: Draft): () => void;
}) {
  const list = usePages('commands_versions', { id: command.id });
  const verbs = useVersionVerbs(command, changed, onLoad);
  return (
    <StateFrame of={list} skeleton={5}>
      <div className={layout.scroll}>
        {list.rows.map((item) => (
          <Version key={item.version} item={item} command={command} verbs={verbs} />
        ))}
        {list.hasMore ? (
          <Button small kind="ghost" onClick={list.loadMore}>
            Show more
          </Button>
        ) : null}
      </div>
    </StateFrame>
  );
}

function Version({
  item: { version, at, by, restored_from: restored, diff },
  command,
  verbs,
}: {
  item: RowOf<'commands_versions'>;
  command: Command;
  verbs: ReturnType<typeof useVersionVerbs>;
}) {
  const [open, setOpen] = useState(false);
  const changes = changesOf(diff, kindViews[command.kind].titles);
  const said = summaryOf(version, changes, restored);
  return (
    <section className={css.version} aria-label={`Version ${version}`}>
      <div className={layout.row}>
        <strong>Version {version}</strong>
        {version === command.version ? <Tag>current</Tag> : null}
        <span className={text.muted}>
          <Ago at={at} /> by {by}
        </span>
        <span className={`${text.muted} ${layout.grow} ${text.clip}`}>{said}</span>
        {changes.length === 0 ? null : (
          <Button small kind="ghost" pressed={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide changes' : 'Show changes'}
          </Button>
        )}
        {version === command.version ? null : (
          <>
            <Button small kind="ghost" blocked={verbs.blocked.load} onClick={() => verbs.load(version)}>
              Load into editor
            </Button>
            <Button small blocked={verbs.blocked.restore} onClick={() => verbs.restore(version)}>
              Restore
            </Button>
          </>
        )}
      </div>
      {open ? <VersionChanges changes={changes} /> : null}
    </section>
  );
}
