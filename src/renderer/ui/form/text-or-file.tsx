/** A field for a text that is pasted, or read from a file. */
import { Textarea } from '@mantine/core';
import { FileUp } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '../buttons.tsx';
import layout from '../styles/layout.module.css';
import text from '../styles/text.module.css';

/** @param props.accept endings of the files that are offered; @param props.fileLabel what the file is called */
export function TextOrFile({
  value,
  onChange,
  accept,
  fileLabel,
  ...field
}: {
  label: string;
  description: string;
  placeholder?: string;
  value: string;
  onChange(text: string): void;
  accept: string;
  fileLabel: string;
}) {
  const file = useRef<HTMLInputElement>(null);
  return (
    <>
      <Textarea
        size="xs"
        autosize
        minRows={6}
        maxRows={14}
        spellCheck={false}
        data-autofocus
        classNames={{ input: text.mono ?? '' }}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        {...field}
      />
      <div className={layout.row}>
        <Button small icon={<FileUp size={13} />} onClick={() => file.current?.click()}>
          Choose a file
        </Button>
        <input
          ref={file}
          type="file"
          hidden
          aria-label={fileLabel}
          accept={accept}
          onChange={(event) => void event.currentTarget.files?.[0]?.text().then(onChange)}
        />
      </div>
    </>
  );
}
