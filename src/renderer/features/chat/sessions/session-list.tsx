/** The conversations there are, the newest first; or what a search finds in them. */
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import type { Session } from '../../../../contract/models/sessions.ts';
import { type PagedList, useOperationQuery } from '../../../lib/live/query.ts';
import { useFilters } from '../../../lib/use-filters.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Ago } from '../../../ui/display/ago.tsx';
import { NoMatch, StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { FilterField } from '../../../ui/form/filter-field.tsx';
import { ToolBar } from '../../../ui/screen.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { useStreams } from '../live/streams.ts';
import css from './session-list.module.css';

function Item({ session, current }: { session: Session; current: boolean }) {
  const [search] = useFilters();
  const isWriting = useStreams(({ turns }) => turns[session.id] !== undefined);
  return (
    <li>
      <Link
        to="/chat/$id"
        params={{ id: session.id }}
        search={search}
        className={css.item}
        aria-current={current ? 'page' : undefined}
      >
        <span className={`${layout.grow} ${text.clip}`}>{session.title || 'Untitled'}</span>
        <span className={`${text.faint} ${text.small}`}>
          {isWriting ? 'Writing' : session.last_message_at === null ? null : <Ago at={session.last_message_at} />}
        </span>
      </Link>
    </li>
  );
}

/** Messages that contain what is searched for. */
function Found({ q, current }: { q: string; current: string | undefined }) {
  const [search] = useFilters();
  const found = useOperationQuery('sessions_search', { q }, { keep: true });
  const items = found.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section aria-label="In messages">
      <h2 className={css.heading}>In messages</h2>
      <ul className={layout.bare}>
        {items.map((hit) => (
          <li key={hit.message_id}>
            <Link
              to="/chat/$id"
              params={{ id: hit.session_id }}
              search={search}
              className={`${css.item} ${css.hit}`}
              aria-current={hit.session_id === current ? 'page' : undefined}
            >
              <span className={text.clip}>{hit.title || 'Untitled'}</span>
              <span className={`${text.muted} ${text.small} ${css.snippet}`}>{hit.snippet}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function SessionList({
  list,
  current,
  begin,
}: {
  list: PagedList<'sessions_list'>;
  current: string | undefined;
  begin(): void;
}) {
  const [search, set] = useFilters();
  return (
    <section className={`${layout.col} ${layout.grow}`} aria-label="Conversations">
      <ToolBar>
        <h1 className={layout.grow}>Chat</h1>
        <Button small icon={<Plus size={14} />} action="chat.new" onClick={begin}>
          New
        </Button>
      </ToolBar>
      <div className={css.filter}>
        <FilterField wide value={search.q} onChange={(q) => set({ q })} placeholder="Search conversations" />
      </div>
      <StateFrame of={list} skeleton={8}>
        <nav className={layout.scroll} aria-label="Conversations">
          <ul className={layout.bare}>
            {list.rows.map((session) => (
              <Item key={session.id} session={session} current={session.id === current} />
            ))}
          </ul>
          {list.hasMore ? (
            <Button small kind="ghost" onClick={list.loadMore}>
              Show more
            </Button>
          ) : null}
          {search.q === undefined ? null : <Found q={search.q} current={current} />}
          {search.q !== undefined && list.rows.length === 0 && !list.isPlaceholder ? (
            <Nothing q={search.q} clear={() => set({ q: undefined })} />
          ) : list.rows.length === 0 ? (
            <p className={`${text.muted} ${css.none}`}>No conversations yet</p>
          ) : null}
        </nav>
      </StateFrame>
    </section>
  );
}

function Nothing({ q, clear }: { q: string; clear(): void }) {
  const found = useOperationQuery('sessions_search', { q }, { keep: true });
  return found.data?.items.length === 0 ? <NoMatch what="conversations" clear={clear} /> : null;
}
