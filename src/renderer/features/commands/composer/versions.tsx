import { useState } from 'react';
import type { Command } from '../../../../contract/automation/commands.ts';
import type { Json } from '../../../../contract/kernel/scalars.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { asError, usePages } from '../../../lib/live/query.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Ago } from '../../../ui/display/ago.tsx';
import { Tag } from '../../../ui/display/badge.tsx';
import { StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { errorToast, toast } from '../../../ui/feedback/toast.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { type Draft, draftOf } from '../draft.ts';
import css from './versions.module.css';

const show = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

/** Earlier versions with what changed in each; any of them can be taken back into the editor. */
export function Versions({ command, onRestore }: { command: Command; onRestore(draft: Draft): void }) {
  const client = useClient();
  const list = usePages('commands_versions', { id: command.id });
  const [open, setOpen] = useState<number | null>(null);
  const restore = (version: number) =>
    client.call('commands_version_get', { id: command.id, version }).then(
      (old) => {
        onRestore(draftOf(old));
        toast(`Version ${version} loaded into the editor. Save to make it current.`);
      },
      (error: unknown) => errorToast('Could not load the version', asError(error)),
    );
  return (
    <StateFrame of={list} skeleton={5}>
      <div className={layout.scroll}>
        {list.rows.map((item) => (
          <section key={item.version} className={css.version} aria-label={`Version ${item.version}`}>
            <div className={layout.row}>
              <strong>Version {item.version}</strong>
              {item.version === command.version ? <Tag>current</Tag> : null}
              <span className={text.muted}>
                <Ago at={item.at} /> by {item.by}
              </span>
              <span className={`${text.muted} ${layout.grow} ${text.clip}`}>
                {item.diff.length === 0 ? 'created' : item.diff.map(({ path }) => path).join(', ')}
              </span>
              {item.diff.length === 0 ? null : (
                <Button
                  small
                  kind="ghost"
                  pressed={open === item.version}
                  onClick={() => setOpen(open === item.version ? null : item.version)}
                >
                  {open === item.version ? 'Hide changes' : 'Show changes'}
                </Button>
              )}
              {item.version === command.version ? null : (
                <Button small onClick={() => void restore(item.version)}>
                  Load into editor
                </Button>
              )}
            </div>
            {open === item.version
              ? item.diff.map((part) => (
                  <div key={part.path}>
                    <h3>{part.path}</h3>
                    <div className={css.diff}>
                      <pre className={css.gone}>{show(part.from)}</pre>
                      <pre className={css.come}>{show(part.to)}</pre>
                    </div>
                  </div>
                ))
              : null}
          </section>
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
