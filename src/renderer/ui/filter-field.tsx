import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';

/** The filter box of a list; `/` puts the focus here. */
export function FilterField({
  value,
  onChange,
  placeholder,
}: {
  value: string | undefined;
  onChange(q: string | undefined): void;
  placeholder: string;
}) {
  const [text, setText] = useState(value ?? '');
  const send = useDebouncedCallback((next: string) => onChange(next === '' ? undefined : next), 150);
  useEffect(() => setText(value ?? ''), [value]);
  return (
    <input
      className="field filter"
      type="search"
      data-filter
      aria-label={placeholder}
      placeholder={placeholder}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        send(event.target.value);
      }}
    />
  );
}
