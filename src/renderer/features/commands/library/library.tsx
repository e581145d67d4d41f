/** The commands there are, by folder. */
import { Link } from '@tanstack/react-router';
import { Folder, PencilLine } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import type { Command } from '../../../../contract/automation/commands.ts';
import type { CommandKind } from '../../../../contract/automation/kinds/index.ts';
import { type DraftEntry, useDrafts } from '../../../lib/drafts/drafts.ts';
import { pendingEdits } from '../../../lib/drafts/merge.ts';
import { listProps, useInitialFocus } from '../../../lib/keys/focus-list.ts';
import type { PagedList } from '../../../lib/live/query.ts';
import { toggled } from '../../../lib/search-params.ts';
import { useFilters } from '../../../lib/use-filters.ts';
import { Button, Chip } from '../../../ui/buttons.tsx';
import { LastOutcome } from '../../../ui/display/status.tsx';
import { NoMatch, StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { FilterField } from '../../../ui/filter-field.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { isNewKey } from '../draft.ts';
import { kindViews } from '../kinds/index.ts';
import css from './library.module.css';

function Item({ command, active }: { command: Command; active: boolean }) {
  const [search] = useFilters();
  const changed = useDrafts(({ entries: { [command.id]: entry } }) => entry !== undefined && isUnsaved(entry));
  const { Icon } = kindViews[command.kind];
  return (
    <li>
      <Link
        to="/commands/$id"
        params={{ id: command.id }}
        search={search}
        className={css.item}
        aria-current={active ? 'page' : undefined}
        {...(active ? listProps : {})}
      >
        <Icon size={14} className={text.muted} aria-label={command.kind} />
        <span className={command.enabled ? `${layout.grow} ${text.clip}` : `${layout.grow} ${text.clip} ${text.faint}`}>
          {command.name}
        </span>
        {changed ? <span className={css.dot} role="img" title="Unsaved changes" aria-label="Unsaved changes" /> : null}
        {command.last_task === null ? null : <LastOutcome task={command.last_task} />}
      </Link>
    </li>
  );
}

const isUnsaved = (entry: DraftEntry) => pendingEdits(entry).length > 0 || Object.keys(entry.texts).length > 0;

/** New commands that are not stored yet. */
function DraftList({ current }: { current: string | null }) {
  const entries = useDrafts((state) => state.entries);
  const [search] = useFilters();
  const drafts = Object.entries(entries).filter(([key]) => isNewKey(key));
  if (drafts.length === 0) return null;
  return (
    <section aria-label="Drafts">
      <h2 className={css.folder}>
        <PencilLine size={12} />
        Drafts
      </h2>
      <ul className={layout.bare}>
        {drafts.map(([key, { edits }]) => {
          const { Icon } = kindViews[edits.kind as CommandKind] ?? kindViews.process;
          return (
            <li key={key}>
              <Link
                to="/commands/$id"
                params={{ id: key }}
                search={search}
                className={css.item}
                aria-current={key === current ? 'page' : undefined}
                {...(key === current ? listProps : {})}
              >
                <Icon size={14} className={text.muted} aria-label={String(edits.kind)} />
                <span className={`${layout.grow} ${text.clip}`}>{String(edits.name) || 'Unnamed'}</span>
                <span className={css.dot} role="img" title="Not saved yet" aria-label="Not saved yet" />
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function Library({
  list,
  current,
  newMenu,
}: {
  list: PagedList<'commands_list'>;
  current: string | null;
  newMenu: ReactNode;
}) {
  const [search, set] = useFilters();
  const frame = useRef<HTMLElement>(null);
  useInitialFocus(() => frame.current?.querySelector<HTMLElement>('[data-list]'), list.rows.length > 0);
  const tags = [
    ...new Set([...list.rows.flatMap((command) => command.tags), ...(search.tag?.split(',') ?? [])]),
  ].sort();
  const folders = [...Map.groupBy(list.rows, (command) => command.folder ?? '')].sort(([a], [b]) =>
    a === '' ? 1 : b === '' ? -1 : a.localeCompare(b),
  );
  return (
    <section ref={frame} className={`${layout.col} ${layout.grow}`} aria-label="Library">
      <ToolBar>
        <h1 className={layout.grow}>Commands</h1>
        {newMenu}
      </ToolBar>
      <div className={css.filter}>
        <FilterField wide value={search.q} onChange={(q) => set({ q })} placeholder="Filter commands" />
        {tags.length === 0 ? null : (
          <div className={css.tags}>
            {tags.map((tag) => (
              <Chip
                key={tag}
                pressed={search.tag?.split(',').includes(tag) ?? false}
                onClick={() => set({ tag: toggled(search.tag, tag) })}
              >
                {tag}
              </Chip>
            ))}
          </div>
        )}
      </div>
      <DraftList current={current} />
      <StateFrame of={list} skeleton={8}>
        {list.rows.length === 0 && (search.q !== undefined || search.tag !== undefined) ? (
          <NoMatch what="commands" clear={() => set({ q: undefined, tag: undefined })} />
        ) : (
          <nav className={layout.scroll} aria-label="Commands">
            {folders.map(([folder, commands]) => (
              <section key={folder} aria-label={folder === '' ? 'No folder' : folder}>
                {folder === '' && folders.length === 1 ? null : (
                  <h2 className={css.folder}>
                    <Folder size={12} />
                    {folder === '' ? 'No folder' : folder}
                  </h2>
                )}
                <ul className={layout.bare}>
                  {commands.map((command) => (
                    <Item key={command.id} command={command} active={command.id === current} />
                  ))}
                </ul>
              </section>
            ))}
            {list.hasMore ? (
              <Button small kind="ghost" onClick={list.loadMore}>
                Show more
              </Button>
            ) : null}
          </nav>
        )}
      </StateFrame>
    </section>
  );
}
