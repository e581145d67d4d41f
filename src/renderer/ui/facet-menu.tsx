import { Menu } from '@mantine/core';
import { Check, ChevronDown } from 'lucide-react';
import { buttonClass } from './buttons.tsx';
import text from './styles/text.module.css';

/** A filter by values that rows have, such as their tags; several mean "or". Nothing where there is no value. */
export function FacetMenu({
  title,
  values,
  chosen = [],
  toggle,
}: {
  title: string;
  values: readonly string[];
  chosen?: readonly string[] | undefined;
  toggle(value: string): void;
}) {
  const all = [...new Set([...values, ...chosen])].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  if (all.length === 0) return null;
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
      </Menu.Dropdown>
    </Menu>
  );
}
