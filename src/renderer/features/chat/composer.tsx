/** Where the next message is written, and to whom. */
import { Link } from '@tanstack/react-router';
import { ArrowUp, Square } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef } from 'react';
import { useDraftForm } from '../../lib/drafts/use-draft-form.ts';
import { Button } from '../../ui/buttons.tsx';
import { Notice } from '../../ui/feedback/notice.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { MemoryBar } from '../models/index.ts';
import css from './chat.module.css';
import { draftOf, moveTyped, SHAPE } from './composer-draft.ts';
import { askedOf, ModelBar } from './model-bar.tsx';
import type { Chat } from './use-chat.ts';
import type { ChatModels } from './use-chat-models.ts';
import type { Settings } from './use-settings.ts';

export function Composer({
  id,
  chat,
  settings,
  models,
  editLast,
}: {
  id: string | undefined;
  chat: Chat;
  settings: Settings;
  models: ChatModels;
  editLast(): void;
}) {
  const form = useDraftForm(draftOf(id), { initial: { text: '' }, version: null, shape: SHAPE });
  const area = useRef<HTMLTextAreaElement>(null);
  const written = form.values.text;
  const asked = askedOf(settings, models);
  useTypingOn(area, chat.turn?.after === null ? id : undefined);
  const none = models.query.data !== undefined && models.models.length === 0;
  const blocked = none
    ? 'No chat model is installed'
    : asked.includes(undefined)
      ? 'Choose a model'
      : written.trim() === ''
        ? 'The message is empty'
        : chat.blocked;
  const send = async () => {
    if (blocked !== null) return;
    const restore = form.drop();
    if (!(await chat.send(written))) restore();
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send();
    } else if (event.key === 'ArrowUp' && written === '') {
      event.preventDefault();
      editLast();
    }
  };
  return (
    <form
      className={css.composer}
      data-keep-clear=""
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {none ? <NoModel /> : null}
      <div className={css.box}>
        <textarea
          ref={area}
          className={css.input}
          aria-label="Message"
          placeholder="Write a message"
          rows={2}
          value={written}
          onChange={({ target }) => form.change({ text: target.value })}
          onKeyDown={onKeyDown}
        />
        <div className={css.bar}>
          <div className={css.asked}>
            <ModelBar {...{ settings, models, asked }} />
          </div>
          <SendOrStop chat={chat} blocked={blocked} />
        </div>
      </div>
      <div className={css.foot}>
        <div className={css.memory}>
          <MemoryBar loaded={models.loading.loaded} small />
        </div>
        <span className={`${text.faint} ${text.small} ${css.hint}`}>Enter to send, Shift+Enter for a new line</span>
      </div>
    </form>
  );
}

/**
 * The composer in which a conversation was begun has gone, and with it the focus: the next letters belong here, behind those that it took last.
 * In a layout effect, because a letter that is typed before the next frame would be taken for a key of the screen.
 * @param begun conversation that was begun here and now
 */
function useTypingOn(area: RefObject<HTMLTextAreaElement | null>, begun: string | undefined): void {
  const first = useRef(begun);
  useLayoutEffect(() => {
    if (first.current === undefined) return;
    moveTyped(first.current);
    const field = area.current;
    if (field === null || document.activeElement !== document.body) return;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }, [area]);
}

function NoModel() {
  return (
    <Notice tone="info">
      <span className={layout.grow}>No chat model is installed.</span>
      <Link to="/models" search={{ tab: 'download' } as never}>
        Download a model
      </Link>
    </Notice>
  );
}

function SendOrStop({ chat, blocked }: { chat: Chat; blocked: string | null }) {
  return chat.isWriting ? (
    <Button small kind="danger" icon={<Square size={12} />} action="chat.stop" onClick={chat.stop}>
      Stop
    </Button>
  ) : (
    <Button small kind="primary" submit icon={<ArrowUp size={13} />} blocked={blocked}>
      Send
    </Button>
  );
}
