import type { KeyboardEvent, ReactNode } from 'react';

/** One tab. */
export interface Tab<T extends string> {
  id: T;
  label: string;
  icon?: ReactNode;
  count?: number | string | null;
}

/** A row of tabs; arrow keys move between them. The panel they switch has `id={`${name}-panel`}`. */
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
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = tabs[(tabs.findIndex(({ id }) => id === value) + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    onChange(next.id);
    document.getElementById(`${name}-tab-${next.id}`)?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown} tabIndex={-1}>
      {tabs.map((tab) => (
        <button
          key={tab.id}
          id={`${name}-tab-${tab.id}`}
          type="button"
          role="tab"
          className="tab"
          aria-selected={tab.id === value}
          aria-controls={`${name}-panel`}
          tabIndex={tab.id === value ? 0 : -1}
          onClick={() => onChange(tab.id)}
        >
          {tab.icon}
          {tab.label}
          {tab.count === undefined || tab.count === null ? null : <span className="count">{tab.count}</span>}
        </button>
      ))}
    </div>
  );
}

/** The panel that {@link Tabs} of the same name switch. */
export function TabPanel({ name, value, children }: { name: string; value: string; children: ReactNode }) {
  return (
    <div
      id={`${name}-panel`}
      role="tabpanel"
      aria-labelledby={`${name}-tab-${value}`}
      className="col grow"
      style={{ flex: 1 }}
    >
      {children}
    </div>
  );
}

/** `[` and `]`: the tab before or after. */
export function neighbourTab<T extends string>(tabs: readonly Tab<T>[], value: T, step: 1 | -1): T {
  const index = tabs.findIndex(({ id }) => id === value);
  return tabs[(index + step + tabs.length) % tabs.length]?.id ?? value;
}
