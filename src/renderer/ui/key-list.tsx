import type { Action } from '../lib/keys/registry.ts';
import { Kbd } from './display/kbd.tsx';
import css from './key-list.module.css';

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
    <div className={css.keys}>
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
