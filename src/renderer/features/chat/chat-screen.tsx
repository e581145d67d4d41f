/** Conversations with the models of this machine: sessions, messages, parameters. */
import { useMediaQuery } from '@mantine/hooks';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { MessagesSquare } from 'lucide-react';
import { useState } from 'react';
import type { Session } from '../../../contract/models/sessions.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { useOperationQuery, usePages } from '../../lib/live/query.ts';
import { useFilters } from '../../lib/use-filters.ts';
import { useView } from '../../lib/view-store.ts';
import { buttonClass } from '../../ui/buttons.tsx';
import { EmptyState, StateFrame } from '../../ui/feedback/state-frame.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Split } from '../../ui/split.tsx';
import layout from '../../ui/styles/layout.module.css';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import css from './chat.module.css';
import { ChatHead } from './chat-head.tsx';
import { Composer } from './composer.tsx';
import { Conversation } from './conversation/conversation.tsx';
import { Parameters } from './parameters/parameters.tsx';
import { Raw } from './parameters/raw.tsx';
import { SessionList } from './sessions/session-list.tsx';
import { useSessionActions } from './sessions/use-session-actions.ts';
import { type Chat, useChat } from './use-chat.ts';
import { useChatModels } from './use-chat-models.ts';
import { type Settings, useSettings } from './use-settings.ts';

const READ_AT_ONCE = { getInitialValueInEffect: false };
const COMMON = { group: 'Chat', layer: 'view' } as const;
/** Below this width parameters take too much of the conversation to be there unasked, px. */
const ROOM_FOR_PARAMETERS = 1200;
/** Below this one they lie over it, px. */
const ROOM_BESIDE = 1000;

export function ChatScreen() {
  const { id } = useParams({ strict: false });
  const [search] = useFilters();
  const navigate = useNavigate();
  const list = usePages('sessions_list', search.q === undefined ? {} : { q: search.q });
  const begin = () => void navigate({ to: '/chat', search: true });
  useActions([{ ...COMMON, id: 'chat.new', title: 'New conversation', keys: ['N'], run: begin }]);
  return (
    <Screen>
      <Split
        name="chat-sessions"
        fixed="first"
        size={window.innerWidth < ROOM_FOR_PARAMETERS ? 200 : 240}
        min={160}
        max={420}
        label="Width of the list of conversations"
        first={<SessionList list={list} current={id} begin={begin} />}
        second={id === undefined ? <Opened key="new" session={undefined} /> : <Stored key={id} id={id} />}
      />
    </Screen>
  );
}

function Stored({ id }: { id: string }) {
  const query = useOperationQuery('sessions_get', { id });
  return (
    <StateFrame
      of={query}
      skeleton={12}
      back={
        <Link to="/chat" className={buttonClass({})}>
          All conversations
        </Link>
      }
    >
      {query.data === undefined ? null : <Opened session={query.data} />}
    </StateFrame>
  );
}

function Opened({ session }: { session: Session | undefined }) {
  const id = session?.id;
  const settings = useSettings(session);
  const models = useChatModels();
  const chat = useChat(session, settings, models);
  const actions = useSessionActions();
  const navigate = useNavigate();
  const [editing, setEditing] = useState<string | null>(null);
  const [renaming, setRenaming] = useState(false);
  const hasRoom = useMediaQuery(`(min-width: ${ROOM_FOR_PARAMETERS}px)`, undefined, READ_AT_ONCE) ?? true;
  const isBeside = useMediaQuery(`(min-width: ${ROOM_BESIDE}px)`, undefined, READ_AT_ONCE) ?? true;
  const pane = useView((view) => view.chatPane) ?? hasRoom;
  const setView = useView((view) => view.set);
  const togglePane = () => setView({ chatPane: !pane });
  const gone = () => void navigate({ to: '/chat', search: true });
  const editLast = () => {
    const last = chat.items.findLast(({ role }) => role === 'user');
    if (last !== undefined && chat.blocked === null) setEditing(last.id);
  };
  const last = chat.items.at(-1);
  const none = session === undefined ? 'Nothing has been said yet' : null;
  useActions([
    {
      ...{ ...COMMON, id: 'chat.stop', title: 'Stop the answer', keys: ['Mod+.'], inFields: true },
      blocked: chat.isWriting ? null : 'No answer is being written',
      run: chat.stop,
    },
    { ...COMMON, id: 'chat.editLast', title: 'Edit the last message', keys: ['ArrowUp'], blocked: none, run: editLast },
    {
      ...{ ...COMMON, id: 'chat.again', title: 'Answer again', keys: ['R'], blocked: none ?? chat.blocked },
      run: () => chat.answerAgain(last?.role === 'assistant' ? last : undefined),
    },
    { ...COMMON, id: 'chat.parameters', title: 'Show or hide parameters', keys: ['P'], run: togglePane },
    {
      ...{ ...COMMON, id: 'chat.rename', title: 'Rename the conversation', keys: ['E'] },
      blocked: none ?? actions.renameBlocked,
      run: () => setRenaming(true),
    },
    {
      ...{ ...COMMON, id: 'chat.delete', title: 'Delete the conversation', keys: ['Delete'] },
      blocked: none ?? actions.deleteBlocked,
      run: () => session && actions.remove(session, gone),
    },
  ]);
  return (
    <Split
      name="chat-parameters"
      fixed="second"
      size={300}
      min={240}
      max={560}
      label="Width of the parameters"
      first={
        <section className={`${layout.col} ${layout.grow} ${css.conversation}`} aria-label="Conversation">
          <ChatHead {...{ session, actions, renaming, setRenaming, gone, pane, togglePane }} />
          <Shown chat={chat} isNew={session === undefined} editing={{ id: editing, set: setEditing }} />
          <Composer id={id} chat={chat} settings={settings} models={models} editLast={editLast} />
          {pane && !isBeside ? (
            <div className={css.over}>
              <Side id={id} settings={settings} />
            </div>
          ) : null}
        </section>
      }
      second={pane && isBeside ? <Side id={id} settings={settings} /> : null}
    />
  );
}

/** What is being written is shown whatever is known of the rest. The frame stays, and with it the place of the reader. */
const NOTHING_ASKED = { data: null, error: null, refetch: () => undefined };

function Shown({
  chat,
  isNew,
  editing,
}: {
  chat: Chat;
  isNew: boolean;
  editing: { id: string | null; set(id: string | null): void };
}) {
  if (isNew || (chat.query.data !== undefined && chat.rows.length === 0))
    return (
      <div className={`${layout.col} ${layout.grow}`}>
        <EmptyState icon={<MessagesSquare size={24} />} title="Ask a model" help="chat">
          Models answer on this machine; nothing that is written here leaves it.
        </EmptyState>
      </div>
    );
  return (
    <StateFrame of={chat.turn === undefined ? chat.query : NOTHING_ASKED} skeleton={12}>
      <Conversation chat={chat} editing={editing} />
    </StateFrame>
  );
}

function Side({ id, settings }: { id: string | undefined; settings: Settings }) {
  const [tab, setTab] = useState<'parameters' | 'raw'>('parameters');
  return (
    <aside className={css.side} aria-label="Parameters">
      <div className={css.sideHead}>
        <Tabs
          name="chat-side"
          label="Parameters and raw requests"
          tabs={[
            { id: 'parameters', label: 'Parameters' },
            { id: 'raw', label: 'Raw' },
          ]}
          value={tab}
          onChange={setTab}
        />
      </div>
      <div className={layout.scroll}>
        <TabPanel name="chat-side" value={tab}>
          {tab === 'parameters' ? <Parameters settings={settings} /> : <Raw id={id} />}
        </TabPanel>
      </div>
    </aside>
  );
}
