/** Name of the conversation, and what can be done with it as a whole. */
import { Menu } from '@mantine/core';
import { Braces, Ellipsis, FileText, PanelRight, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Session } from '../../../contract/models/sessions.ts';
import { buttonClass, IconButton } from '../../ui/buttons.tsx';
import { MenuAction } from '../../ui/menu-action.tsx';
import { ToolBar } from '../../ui/screen.tsx';
import field from '../../ui/styles/field.module.css';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import css from './chat.module.css';
import type { SessionActions } from './sessions/use-session-actions.ts';

function TitleField({ session, actions, close }: { session: Session; actions: SessionActions; close(): void }) {
  const [title, setTitle] = useState(session.title);
  return (
    <form
      className={layout.grow}
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim() !== '' && title !== session.title) actions.rename(session, title.trim());
        close();
      }}
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: it was asked for
        autoFocus
        className={`${field.field} ${css.title}`}
        aria-label="Title"
        maxLength={200}
        value={title}
        onChange={({ target }) => setTitle(target.value)}
        onBlur={close}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          close();
        }}
      />
    </form>
  );
}

export function ChatHead({
  session,
  actions,
  renaming,
  setRenaming,
  gone,
  pane,
  togglePane,
}: {
  session: Session | undefined;
  actions: SessionActions;
  renaming: boolean;
  setRenaming(renaming: boolean): void;
  gone(): void;
  pane: boolean;
  togglePane(): void;
}) {
  // The focus goes back to the button, but not after Rename: then the field has it.
  const [returnFocus, setReturnFocus] = useState(true);
  const rename = () => {
    setReturnFocus(false);
    setRenaming(true);
  };
  return (
    <ToolBar>
      {session !== undefined && renaming ? (
        <TitleField session={session} actions={actions} close={() => setRenaming(false)} />
      ) : (
        <h2 className={`${layout.grow} ${text.clip}`}>{session?.title || 'New conversation'}</h2>
      )}
      {session === undefined ? null : (
        <Menu
          position="bottom-end"
          width={200}
          withInitialFocusPlaceholder={false}
          returnFocus={returnFocus}
          onOpen={() => setReturnFocus(true)}
        >
          <Menu.Target>
            <button
              type="button"
              className={buttonClass({ kind: 'ghost', small: true, icon: true })}
              aria-label="Actions for the conversation"
            >
              <Ellipsis size={14} />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <MenuAction title="Rename" Icon={Pencil} blocked={actions.renameBlocked} run={rename} />
            <MenuAction title="Export as Markdown" Icon={FileText} run={() => void actions.save(session, 'md')} />
            <MenuAction title="Export as JSON" Icon={Braces} run={() => void actions.save(session, 'json')} />
            <Menu.Divider />
            <MenuAction
              title="Delete"
              Icon={Trash2}
              danger
              blocked={actions.deleteBlocked}
              run={() => actions.remove(session, gone)}
            />
          </Menu.Dropdown>
        </Menu>
      )}
      <IconButton
        label={pane ? 'Hide parameters' : 'Show parameters'}
        Icon={PanelRight}
        action="chat.parameters"
        onClick={togglePane}
      />
    </ToolBar>
  );
}
