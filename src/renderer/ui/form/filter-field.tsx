import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import field from '../styles/field.module.css';

/** The filter box of a list; `/` puts the focus here. */
export function FilterField({
  value,
  onChange,
  placeholder,
  wide = false,
}: {
  value: string | undefined;
  onChange(q: string | undefined): void;
  placeholder: string;
  /** As wide as the pane around it. */
  wide?: boolean;
}) {
  const [text, setText] = useState(value ?? '');
  const send = useDebouncedCallback((next: string) => onChange(next === '' ? undefined : next), 150);
  useEffect(() => setText(value ?? ''), [value]);
  return (
    <input
      className={`${field.field} ${field.filter} ${wide ? field.wide : ''}`}
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
