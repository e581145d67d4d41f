/** The messages of a session. Only those in view are in the page; the end is followed while the reader is there. */
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { codeOf } from '../../../../contract/kernel/errors.ts';
import { errorText } from '../../../../contract/kernel/text/field-words.ts';
import { listProps } from '../../../lib/keys/focus-list.ts';
import { Button, buttonClass } from '../../../ui/buttons.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { focusable } from '../../../ui/focusable.ts';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import type { Chat } from '../use-chat.ts';
import css from './conversation.module.css';
import { LiveAnswers } from './live-answers.tsx';
import messageCss from './message.module.css';
import { Message } from './message.tsx';
import type { Row } from './rows.ts';

/** Px to the end within which the reader is at the end. */
const NEAR_END = 48;
const GUESSED_HEIGHT = 120;

interface Editing {
  id: string | null;
  set(id: string | null): void;
}

function RowView({ row, chat, editing }: { row: Row; chat: Chat; editing: Editing }) {
  switch (row.kind) {
    case 'message':
      return (
        <Message
          message={row.message}
          last={row.last}
          chat={chat}
          editing={editing.id === row.message.id}
          setEditing={editing.set}
        />
      );
    case 'said':
      return (
        <article className={messageCss.message} data-role={row.said.role} aria-label="You">
          <h3 className={messageCss.who}>{row.said.role === 'user' ? 'You' : 'Result of a tool'}</h3>
          <p className={messageCss.plain}>{row.said.content}</p>
        </article>
      );
    case 'live':
      return <LiveAnswers answers={row.answers} />;
    case 'pair':
      return (
        <div className={messageCss.pair} data-pair>
          {row.messages.map((message) => (
            <div key={message.id} className={layout.col}>
              <Message message={message} last beside chat={chat} editing={false} setEditing={editing.set} />
              <div>
                <Button
                  small
                  blocked={chat.isWriting ? 'An answer is being written' : null}
                  onClick={() => chat.choose(message)}
                >
                  Use this answer
                </Button>
              </div>
            </div>
          ))}
        </div>
      );
    case 'failure':
      return (
        <Notice tone="bad" alert>
          <span className={layout.grow}>{errorText(row.error)}</span>
          <code className={text.small}>{codeOf(row.error.slug)}</code>
          {row.error.slug === 'context-length-exceeded' ? (
            <FullContext chat={chat} />
          ) : (
            <Button small blocked={chat.blocked} onClick={() => chat.answerAgain()}>
              Try again
            </Button>
          )}
        </Notice>
      );
    case 'unanswered':
      return (
        <p className={`${layout.row} ${text.muted}`}>
          <span>Not answered</span>
          <Button small blocked={chat.blocked} onClick={() => chat.answerAgain()}>
            Answer
          </Button>
        </p>
      );
  }
}

/** What helps when the messages do not fit into the context any more; the same again does not. */
function FullContext({ chat }: { chat: Chat }) {
  return (
    <>
      {chat.items.length > 1 ? (
        <Button small blocked={chat.blocked} onClick={chat.answerWithoutOldest}>
          Drop oldest messages
        </Button>
      ) : null}
      <Link to="/chat" search={true} className={buttonClass({ small: true })}>
        New chat
      </Link>
    </>
  );
}

export function Conversation({ chat, editing }: { chat: Chat; editing: Editing }) {
  const { rows } = chat;
  const frame = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [away, setAway] = useState(false);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => GUESSED_HEIGHT,
    getItemKey: (at) => rows[at]?.key ?? at,
    overscan: 4,
    gap: 20,
    paddingStart: 20,
    paddingEnd: 20,
  });
  const size = virtual.getTotalSize();
  // A question of one's own is always followed.
  const turn = chat.turn !== undefined;
  useLayoutEffect(() => {
    if (turn) atEnd.current = true;
  }, [turn]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the rows take more room
  useLayoutEffect(() => {
    if (atEnd.current && frame.current !== null) frame.current.scrollTop = frame.current.scrollHeight;
  }, [size, rows.length]);
  const onScroll = () => {
    const { current } = frame;
    if (current === null) return;
    atEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR_END;
    setAway(!atEnd.current);
  };
  const toEnd = () => {
    atEnd.current = true;
    if (frame.current !== null) frame.current.scrollTop = frame.current.scrollHeight;
  };
  return (
    <div className={css.frame}>
      <div
        ref={frame}
        className={css.scroll}
        role="log"
        aria-live="off"
        aria-label="Conversation"
        {...focusable}
        {...listProps}
        onScroll={onScroll}
      >
        <div className={css.rows} style={{ height: size }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row === undefined ? null : (
              <div
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className={css.row}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <RowView row={row} chat={chat} editing={editing} />
              </div>
            );
          })}
        </div>
      </div>
      {away ? (
        <div className={css.toEnd}>
          <Button small icon={<ArrowDown size={13} />} onClick={toEnd}>
            To the end
          </Button>
        </div>
      ) : null}
    </div>
  );
}
