import { useNavigate, useParams } from '@tanstack/react-router';
import { FileCode2 } from 'lucide-react';
import { useEffect } from 'react';
import type { CommandId } from '../../../contract/kernel/scalars.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useOperationQuery, usePages } from '../../lib/live/query.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { useView } from '../../lib/view-store.ts';
import { Button } from '../../ui/buttons.tsx';
import { EmptyState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Split } from '../../ui/split.tsx';
import { Composer } from './composer.tsx';
import { draftFrom, useDrafts } from './draft.ts';
import { Library } from './library.tsx';
import { DEFAULT_TEMPLATE, TEMPLATES } from './templates.ts';
import './commands.css';

function Stored({ id }: { id: CommandId }) {
  const query = useOperationQuery('commands_get', { id });
  return (
    <StateFrame of={query} skeleton={12}>
      {query.data === undefined ? null : <Composer key={id} id={id} command={query.data} />}
    </StateFrame>
  );
}

/** Library at the left, composer at the right. */
export function CommandsScreen() {
  const { id } = useParams({ strict: false });
  const [search] = useFilters();
  const navigate = useNavigate();
  const setDraft = useDrafts((state) => state.setDraft);
  const fresh = useDrafts((state) => state.drafts.new);
  const recent = useView((view) => view.recent);
  const setView = useView((view) => view.set);
  const list = usePages('commands_list', {
    sort: 'name',
    ...(search.q === undefined ? {} : { q: search.q }),
    ...(search.tag === undefined ? {} : { tag: search.tag.split(',') }),
  });
  const last = id ?? recent.find((item) => list.rows.some((command) => command.id === item)) ?? list.rows[0]?.id;

  useEffect(() => {
    if (id !== undefined && id !== 'new' && recent[0] !== id)
      setView({ recent: [id, ...recent.filter((item) => item !== id)].slice(0, 20) });
  }, [id, recent, setView]);

  const onNew = (template: string) => {
    const chosen = TEMPLATES.find((item) => item.id === template) ?? DEFAULT_TEMPLATE;
    setDraft('new', draftFrom(chosen));
    void navigate({ to: '/commands/$id', params: { id: 'new' } });
  };
  const step = (by: 1 | -1) => {
    const index = list.rows.findIndex((command) => command.id === last);
    const next = list.rows[index + by];
    if (next !== undefined)
      void navigate({
        to: '/commands/$id',
        params: { id: next.id },
        search: (old: Record<string, unknown>) => old as Record<string, string>,
      });
  };
  useActions([
    {
      id: 'commands.new',
      title: 'New command',
      group: 'Commands',
      layer: 'view',
      keys: ['N'],
      run: () => onNew(DEFAULT_TEMPLATE.id),
    },
    {
      id: 'commands.next',
      title: 'Next command',
      group: 'Commands',
      layer: 'list',
      keys: ['J'],
      hidden: true,
      run: () => step(1),
    },
    {
      id: 'commands.before',
      title: 'Command before',
      group: 'Commands',
      layer: 'list',
      keys: ['K'],
      hidden: true,
      run: () => step(-1),
    },
  ]);

  const empty = (
    <EmptyState
      icon={<FileCode2 size={24} />}
      title="No commands yet"
      help="commands"
      action={
        <Button kind="primary" action="commands.new" showKey onClick={() => onNew(DEFAULT_TEMPLATE.id)}>
          New command
        </Button>
      }
    >
      A command says what to do: a script in a browser, a program, or a request. Each change is kept as a version.
    </EmptyState>
  );
  return (
    <Screen>
      <Split
        name="library"
        fixed="first"
        size={window.innerWidth < 1200 ? 200 : 240}
        min={180}
        max={420}
        label="Width of the library"
        first={<Library list={list} current={last ?? null} onNew={onNew} />}
        second={
          last === 'new' && fresh !== undefined ? (
            <Composer key="new" id="new" command={null} />
          ) : last === undefined || last === 'new' ? (
            list.isPending ? (
              <div className="grow" />
            ) : (
              empty
            )
          ) : (
            <Stored id={last as CommandId} />
          )
        }
      />
    </Screen>
  );
}
