import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { FileCode2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useDrafts } from '../../lib/drafts/drafts.ts';
import { type Input, useOperationQuery, usePages } from '../../lib/live/query.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { useView } from '../../lib/view-store.ts';
import { Button, buttonClass } from '../../ui/buttons.tsx';
import { EmptyState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Split } from '../../ui/split.tsx';
import layout from '../../ui/styles/layout.module.css';
import { BulkBar } from '../../ui/table/bulk-bar.tsx';
import { useSelection } from '../../ui/table/navigation/use-selection.ts';
import { Composer } from './composer/composer.tsx';
import { beginDraft, draftFrom, isNewKey } from './draft.ts';
import { openedAs, useFirstSaves } from './first-saves.ts';
import { CommandBulk } from './library/command-bulk.tsx';
import { foldersOf } from './library/folders.ts';
import css from './library/library.module.css';
import { Library } from './library/library.tsx';
import { NewMenu } from './library/new-menu.tsx';
import { useLibraryActions } from './library/use-library-actions.ts';
import { templateOf } from './templates.ts';
import { useUntouchedGoing } from './untouched.ts';

/** Remembers the command in the address as the one opened last. */
function useRecent(id: string | undefined): readonly string[] {
  const recent = useView((view) => view.recent);
  const setView = useView((view) => view.set);
  useEffect(() => {
    if (id !== undefined && !isNewKey(id) && recent[0] !== id)
      setView({ recent: [id, ...recent.filter((item) => item !== id)].slice(0, 20) });
  }, [id, recent, setView]);
  return recent;
}

/** Library at the left, composer at the right. */
export function CommandsScreen() {
  const { id } = useParams({ strict: false });
  const [search] = useFilters();
  const navigate = useNavigate();
  const recent = useRecent(id);
  useUntouchedGoing(id);
  const filter: Input<'commands_list'> = {
    sort: 'name',
    ...(search.q === undefined ? {} : { q: search.q }),
    ...(search.tag === undefined ? {} : { tag: search.tag.split(',') }),
  };
  const list = usePages('commands_list', filter);
  const ids = foldersOf(list.rows).flatMap(([, commands]) => commands.map((command) => command.id));
  const selection = useSelection(JSON.stringify(filter), ids);
  const shown = id ?? recent.find((item) => list.rows.some((command) => command.id === item)) ?? list.rows[0]?.id;
  const [choosing, setChoosing] = useState(false);
  const onNew = (template: string) => {
    const key = beginDraft(draftFrom(templateOf(template)));
    void navigate({ to: '/commands/$id', params: { id: key } });
  };
  const choose = () => setChoosing(true);
  useLibraryActions(ids, shown, selection, choose);
  return (
    <Screen>
      <div className={css.screen}>
        <Split
          name="library"
          fixed="first"
          size={window.innerWidth < 1200 ? 200 : 240}
          min={180}
          max={420}
          label="Width of the library"
          first={
            <Library
              list={list}
              selection={selection}
              current={shown ?? null}
              newMenu={<NewMenu opened={choosing} setOpened={setChoosing} onNew={onNew} />}
            />
          }
          second={<Editor id={shown} isPending={list.data === undefined} onNew={choose} />}
        />
        {selection.ids.length === 0 ? null : (
          <BulkBar
            selection={selection}
            loaded={list.rows.length}
            total={list.total}
            bulk={(chosen, done) => <CommandBulk chosen={chosen} list={filter} done={done} />}
          />
        )}
      </div>
    </Screen>
  );
}

/** The composer of a command, or what there is instead of it. */
function Editor({ id, isPending, onNew }: { id: string | undefined; isPending: boolean; onNew(): void }) {
  const firstSaves = useFirstSaves((state) => state.ids);
  if (id !== undefined) {
    const opened = openedAs(firstSaves, id);
    return <Opened key={opened.key} id={opened.id} />;
  }
  if (isPending) return <div className={layout.grow} />;
  return (
    <EmptyState
      icon={<FileCode2 size={24} />}
      title="No commands yet"
      help="commands"
      action={
        <Button kind="primary" action="commands.new" showKey onClick={onNew}>
          New command
        </Button>
      }
    >
      A command says what to do: a script in a browser, a program, or a request. Each change is kept as a version.
    </EmptyState>
  );
}

/** The address of a draft that was saved or discarded. */
function NoDraft() {
  return (
    <EmptyState icon={<FileCode2 size={24} />} title="This draft no longer exists" help="commands">
      It was saved or discarded. Choose a command on the left, or create a new one.
    </EmptyState>
  );
}

/** A draft that is not stored needs no answer of the host. */
const NOTHING_ASKED = { data: null, error: null, refetch: () => undefined };

/** A stored command or a new one: the composer is at the same place of the tree for both. */
function Opened({ id }: { id: string }) {
  const isNew = isNewKey(id);
  const isStarted = useDrafts((state) => state.entries[id] !== undefined);
  const query = useOperationQuery('commands_get', { id }, { enabled: !isNew });
  if (isNew && !isStarted) return <NoDraft />;
  const command = isNew ? null : query.data;
  return (
    <StateFrame
      of={isNew ? NOTHING_ASKED : query}
      skeleton={12}
      back={
        <Link to="/commands" className={buttonClass({})}>
          All commands
        </Link>
      }
    >
      {command === undefined ? null : <Composer id={id} command={command} />}
    </StateFrame>
  );
}
