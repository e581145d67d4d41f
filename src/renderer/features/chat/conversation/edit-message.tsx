/** A message of the user, to be said differently. */
import { useEffect, useRef } from 'react';
import { z } from 'zod';
import type { ConversationMessage } from '../../../../contract/models/sessions.ts';
import { useDraftForm } from '../../../lib/drafts/use-draft-form.ts';
import { Button } from '../../../ui/buttons.tsx';
import field from '../../../ui/styles/field.module.css';
import layout from '../../../ui/styles/layout.module.css';
import css from './message.module.css';

const SHAPE = { text: z.string() };

export function EditMessage({
  message,
  blocked,
  save,
  close,
}: {
  message: ConversationMessage;
  blocked: string | null;
  save(text: string): void;
  close(): void;
}) {
  const form = useDraftForm(`chat-edit:${message.id}`, {
    ...{ initial: { text: message.content }, version: null, shape: SHAPE },
  });
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(area.current.value.length, area.current.value.length);
  }, []);
  const written = form.values.text;
  const reason = written.trim() === '' ? 'The message is empty' : blocked;
  const leave = () => {
    form.drop();
    close();
  };
  const send = () => {
    if (reason !== null) return;
    save(written);
    leave();
  };
  return (
    <form
      className={css.results}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={area}
        className={`${field.field} ${css.area}`}
        aria-label="Message"
        rows={3}
        value={written}
        onChange={({ target }) => form.change({ text: target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault();
            leave();
          } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            send();
          }
        }}
      />
      <div className={layout.row}>
        <Button small kind="primary" submit blocked={reason}>
          Send as a new version
        </Button>
        <Button small kind="ghost" onClick={leave}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
