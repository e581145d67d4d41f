import { Tabs as MantineTabs } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './tabs.module.css';

/** One tab. */
export interface Tab<T extends string> {
  id: T;
  label: string;
  icon?: ReactNode;
  count?: number | string | null;
}

/** A row of tabs; arrow keys, Home and End move between them. The panel they switch is a {@link TabPanel} of the same name. */
export function Tabs<T extends string>({
  name,
  label,
  tabs,
  value,
  onChange,
}: {
  name: string;
  label: string;
  tabs: readonly Tab<T>[];
  value: NoInfer<T>;
  onChange(tab: NoInfer<T>): void;
}) {
  const choose = (id: string | null) => {
    const tab = tabs.find((candidate) => candidate.id === id);
    if (tab !== undefined) onChange(tab.id);
  };
  return (
    <MantineTabs id={name} value={value} onChange={choose} unstyled classNames={styles}>
      <MantineTabs.List aria-label={label}>
        {tabs.map((tab) => (
          <MantineTabs.Tab
            key={tab.id}
            value={tab.id}
            aria-controls={`${name}-panel`}
            // Home and End move the focus only; the tab that has it is the one that is open.
            onFocus={() => tab.id !== value && onChange(tab.id)}
            leftSection={tab.icon}
            rightSection={
              tab.count === undefined || tab.count === null ? null : <span className={styles.count}>{tab.count}</span>
            }
          >
            {tab.label}
          </MantineTabs.Tab>
        ))}
      </MantineTabs.List>
    </MantineTabs>
  );
}

/** The panel that {@link Tabs} of the same name switch; it may stand anywhere on the screen. */
export function TabPanel({ name, value, children }: { name: string; value: string; children: ReactNode }) {
  return (
    <div id={`${name}-panel`} role="tabpanel" aria-labelledby={`${name}-tab-${value}`} className={styles.panel}>
      {children}
    </div>
  );
}

/** `[` and `]`: the tab before or after. */
export function neighbourTab<T extends string>(tabs: readonly Tab<T>[], value: T, step: 1 | -1): T {
  const index = tabs.findIndex(({ id }) => id === value);
  return tabs[(index + step + tabs.length) % tabs.length]?.id ?? value;
}
