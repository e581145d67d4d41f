import { Modal } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Action } from '../lib/keys/registry.ts';
import { useAllActions } from '../lib/keys/use-actions.ts';
import { Kbd } from '../ui/display/kbd.tsx';

/** Actions with a key; of those with the same key only the innermost, which is the one that it runs. */
function keyed(actions: readonly Action[]): Action[] {
  const taken = new Set<string>();
  return actions.filter(({ keys: [chord] = [] }) => {
    if (chord === undefined || taken.has(chord)) return false;
    taken.add(chord);
    return true;
  });
}

/** Every action that has a key now, by group. */
export function KeyList({ actions }: { actions: readonly Action[] }) {
  const groups = Map.groupBy(keyed(actions), (action) => action.group);
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
      <div className="sheet-foot">
        <Link to="/help" onClick={close}>
          User guide
        </Link>
        <span className="muted">Every page of it is in the palette too, under “Help”.</span>
      </div>
    </Modal>
  );
}
