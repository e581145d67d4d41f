/** A file that the program keeps, named by its id: one that is chosen here is uploaded, and the id of an artifact may be typed. */
import { TextInput } from '@mantine/core';
import { Square, Upload } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { PAYLOAD_LIMITS } from '../../../contract/kernel/define.ts';
import { useClient } from '../../lib/client/context.tsx';
import { sendFile } from '../../lib/client/send-file.ts';
import { asError } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button } from '../buttons.tsx';
import { errorToast, toast } from '../feedback/toast.tsx';
import text from '../styles/text.module.css';
import type { CommonProps, FieldProps } from './field-props.ts';
import css from './schema-form.module.css';

export function FileField({ field, value, onChange, common }: FieldProps & { common: CommonProps }) {
  const client = useClient();
  const noUpload = useCan('uploads_create');
  const input = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState<{ name: string; percent: number } | null>(null);
  const [sent, setSent] = useState<{ name: string; id: string } | null>(null);
  const going = useRef<AbortController>(null);
  // A form that is closed takes no file any more.
  useEffect(() => () => going.current?.abort(), []);
  const shown = typeof value === 'string' ? value : '';

  async function send(file: File): Promise<void> {
    if (file.size > PAYLOAD_LIMITS.file) return toast(`${file.name} is larger than an upload may be`);
    const controller = new AbortController();
    going.current = controller;
    setSending({ name: file.name, percent: 0 });
    try {
      const progress = (loaded: number) =>
        setSending({ name: file.name, percent: Math.floor((100 * loaded) / Math.max(1, file.size)) });
      const id = await sendFile(client, file, { progress, signal: controller.signal });
      setSent({ name: file.name, id });
      onChange(id);
    } catch (error) {
      if (!controller.signal.aborted) errorToast(`Could not upload ${file.name}`, asError(error));
    } finally {
      setSending(null);
    }
  }

  const note =
    sending !== null
      ? `Uploading ${sending.name}, ${sending.percent} %`
      : sent !== null && sent.id === shown
        ? `${sent.name}; uploads are kept for a day`
        : null;
  return (
    <div className={css.file}>
      <TextInput
        {...common}
        placeholder="Id of an upload or an artifact"
        value={shown}
        onChange={({ currentTarget: { value: typed } }) => onChange(typed === '' && field.nullable ? null : typed)}
      />
      <input
        ref={input}
        type="file"
        hidden
        aria-label={`${field.title}: file`}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = '';
          if (file) void send(file);
        }}
      />
      <div>
        {sending === null ? (
          <Button icon={<Upload size={13} />} small blocked={noUpload} onClick={() => input.current?.click()}>
            Choose a file…
          </Button>
        ) : (
          <Button icon={<Square size={12} />} small onClick={() => going.current?.abort()}>
            Cancel
          </Button>
        )}
        {note === null ? null : (
          <span className={`${text.muted} ${text.small}`} role="status">
            {note}
          </span>
        )}
      </div>
    </div>
  );
}
