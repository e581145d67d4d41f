import { chordLabel } from '../../lib/keys/registry.ts';
import css from './kbd.module.css';

/** A chord such as `Mod+K`, drawn as keys. */
export function Kbd({ chord }: { chord: string }) {
  const parts = chordLabel(chord).map((part, index) => ({ part, key: `${part}${index}` }));
  return (
    <span className={css.kbd}>
      {parts.map(({ part, key }) => (
        <kbd key={key}>{part}</kbd>
      ))}
    </span>
  );
}
