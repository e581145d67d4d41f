import { Menu, TextInput } from '@mantine/core';
import { Check, ChevronDown } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { buttonClass } from './buttons.tsx';
import text from './styles/text.module.css';

/** A value that no loaded row has is typed: the list on the host may be longer than what is loaded. */
function OtherValue({ title, choose }: { title: string; choose(value: string): void }) {
  const [typed, setTyped] = useState('');
  const onKeyDown = (event: KeyboardEvent) => {
    // The arrow keys are the menu's; letters would otherwise jump to an item.
    if (!event.key.startsWith('Arrow') && event.key !== 'Escape') event.stopPropagation();
    if (event.key !== 'Enter' || typed.trim() === '') return;
    event.preventDefault();
    choose(typed.trim());
    setTyped('');
  };
  return (
    <TextInput
      aria-label={`Another ${title.toLowerCase()}`}
      placeholder={`Another ${title.toLowerCase()}, Enter`}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  );
}

/** A filter by values that rows have, such as their tags; several mean "or". Nothing where there is no row. */
export function FacetMenu({
  title,
  values,
  chosen = [],
  isEmpty = true,
  toggle,
}: {
  title: string;
  /** Those of the loaded rows. */
  values: readonly string[];
  /** Whether the list has no rows at all; without rows and values there is no menu. */
  isEmpty?: boolean;
  chosen?: readonly string[] | undefined;
  toggle(value: string): void;
}) {
  const all = [...new Set([...values, ...chosen])].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  if (all.length === 0 && isEmpty) return null;
  const shown = chosen.length === 0 ? title : `${title}: ${chosen.join(', ')}`;
  return (
    <Menu position="bottom-start" closeOnItemClick={false}>
      <Menu.Target>
        <button
          type="button"
          className={`${buttonClass({ kind: 'ghost', small: true })} ${text.clip}`}
          aria-label={`Filter by ${shown}`}
        >
          {shown}
          <ChevronDown size={12} />
        </button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {all.map((value) => (
          <Menu.CheckboxItem
            key={value}
            checked={chosen.includes(value)}
            checkIcon={<Check size={14} />}
            onChange={() => toggle(value)}
          >
            {value}
          </Menu.CheckboxItem>
        ))}
        <OtherValue title={title} choose={toggle} />
      </Menu.Dropdown>
    </Menu>
  );
}
