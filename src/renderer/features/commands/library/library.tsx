/** The commands there are, by folder. */
import { Folder } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { plural } from '../../../lib/format.ts';
import { useInitialFocus } from '../../../lib/keys/focus-list.ts';
import type { PagedList } from '../../../lib/live/query.ts';
import { toggled } from '../../../lib/search-params.ts';
import { useFilters } from '../../../lib/use-filters.ts';
import { Button, Chip } from '../../../ui/buttons.tsx';
import { NoMatch, StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { FilterField } from '../../../ui/form/filter-field.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import { rangeOf } from '../../../ui/table/navigation/range-of.ts';
import type { Selection } from '../../../ui/table/navigation/use-selection.ts';
import { CommandItem } from './command-item.tsx';
import { foldersOf } from './folders.ts';
import css from './library.module.css';
import { UnsavedList } from './unsaved-list.tsx';

function FolderSection({ folder, heading, children }: { folder: string; heading: boolean; children: ReactNode }) {
  const title = folder === '' ? 'No folder' : folder;
  return (
    <section aria-label={title}>
      {heading ? (
        <h2 className={css.folder}>
          <Folder size={12} />
          {title}
        </h2>
      ) : null}
      <ul className={layout.bare}>{children}</ul>
    </section>
  );
}

/** @param props.chosen tags between commas */
function TagChips(props: {
  tags: readonly string[];
  chosen: string | undefined;
  choose(chosen: string | undefined): void;
}) {
  const { tags, chosen, choose } = props;
  if (tags.length === 0) return null;
  return (
    <div className={css.tags}>
      {tags.map((tag) => (
        <Chip
          key={tag}
          pressed={chosen?.split(',').includes(tag) ?? false}
          onClick={() => choose(toggled(chosen, tag))}
        >
          {tag}
        </Chip>
      ))}
    </div>
  );
}

export function Library({
  list,
  selection,
  current,
  newMenu,
}: {
  list: PagedList<'commands_list'>;
  selection: Selection;
  current: string | null;
  newMenu: ReactNode;
}) {
  const [search, set] = useFilters();
  const frame = useRef<HTMLElement>(null);
  useInitialFocus(() => frame.current?.querySelector<HTMLElement>('[data-list]'), list.rows.length > 0);
  const tags = [
    ...new Set([...list.rows.flatMap((command) => command.tags), ...(search.tag?.split(',') ?? [])]),
  ].sort();
  const folders = foldersOf(list.rows);
  const ids: string[] = folders.flatMap(([, commands]) => commands.map(({ id }) => id));
  const last = useRef<string | null>(null);
  const tick = (id: string, on: boolean, range: boolean) => {
    selection.put(range ? rangeOf(ids, last.current ?? id, id) : [id], on);
    last.current = id;
  };
  return (
    <section ref={frame} className={`${layout.col} ${layout.grow}`} aria-label="Library">
      <ToolBar>
        <h1 className={layout.grow}>Commands</h1>
        {newMenu}
      </ToolBar>
      <div className={css.filter}>
        <FilterField wide value={search.q} onChange={(q) => set({ q })} placeholder="Filter commands" />
        <TagChips tags={tags} chosen={search.tag} choose={(tag) => set({ tag })} />
      </div>
      <UnsavedList rows={list.rows} current={current} />
      <StateFrame of={list} skeleton={8}>
        {list.rows.length === 0 && (search.q !== undefined || search.tag !== undefined) ? (
          <NoMatch what="commands" clear={() => set({ q: undefined, tag: undefined })} />
        ) : (
          <nav className={`${layout.scroll} ${selection.ids.length === 0 ? '' : css.selecting}`} aria-label="Commands">
            {list.rows.length === 0 ? null : (
              <label className={css.all}>
                <input
                  type="checkbox"
                  aria-label="Select all loaded commands"
                  checked={ids.every(selection.has)}
                  onChange={(event) => selection.replace(event.target.checked ? ids : [])}
                />
                {plural(list.total ?? ids.length, 'command')}
              </label>
            )}
            {folders.map(([folder, commands]) => (
              <FolderSection key={folder} folder={folder} heading={folder !== '' || folders.length > 1}>
                {commands.map((command) => (
                  <CommandItem
                    key={command.id}
                    command={command}
                    active={command.id === current}
                    ticked={selection.has(command.id)}
                    onTick={(on, range) => tick(command.id, on, range)}
                  />
                ))}
              </FolderSection>
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
