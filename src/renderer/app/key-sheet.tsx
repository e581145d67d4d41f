import { Modal } from '@mantine/core';
import type { Action } from '../lib/keys/registry.ts';
import { useAllActions } from '../lib/keys/use-actions.ts';
import { Kbd } from '../ui/kbd.tsx';

/** Every action that has a key now, by group. */
export function KeyList({ actions }: { actions: readonly Action[] }) {
  const groups = Map.groupBy(
    actions.filter((action) => action.keys !== undefined && action.keys.length > 0),
    (action) => action.group,
  );
  return (
    <div className="sheet-keys">
      {[...groups].map(([group, items]) => (
        <section key={group} aria-label={group}>
          <h3>{group}</h3>
          <ul>
            {items.map((action) => (
              <li key={action.id}>
                <span>{action.title}</span>
                <Kbd chord={action.keys?.[0] ?? ''} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** The `?` sheet. */
export function KeySheet({ opened, close }: { opened: boolean; close(): void }) {
  const actions = useAllActions();
  return (
    <Modal opened={opened} onClose={close} title="Keyboard shortcuts" size="lg">
      <KeyList actions={actions} />
    </Modal>
  );
}
