import { ChevronDown, ChevronUp } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { count, plural } from '../../lib/format.ts';
import { nextHit } from '../../lib/log/hits.ts';
import { Button } from '../buttons.tsx';
import field from '../styles/field.module.css';
import css from './log.module.css';

/** Search box of the log viewer: Enter goes to the next hit, Shift+Enter to the one before. */
export function LogSearch({
  q,
  setQ,
  hits,
  total,
  at,
  goTo,
}: {
  q: string;
  setQ(q: string): void;
  /** Lines that can be gone to. */
  hits: readonly number[];
  /** How many there are in the whole log; null while that is not known. */
  total: number | null;
  /** The hit that was gone to. */
  at: number | null;
  goTo(seq: number): void;
}) {
  const step = (by: 1 | -1) => {
    const next = nextHit(hits, at, by);
    if (next !== null) goTo(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape' && q !== '') {
      event.stopPropagation();
      setQ('');
    }
  };
  const position = at === null ? -1 : hits.indexOf(at);
  const all = total ?? hits.length;
  return (
    <span className={css.search}>
      <input
        className={`${field.field} ${field.small}`}
        type="search"
        placeholder="Find"
        aria-label="Find in log"
        value={q}
        onChange={(event) => setQ(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {q === '' ? null : (
        <>
          <span className={css.hits} role="status" title="Matches in the whole log">
            {hits.length === 0 && total === 0
              ? 'No matches'
              : position >= 0
                ? `${count(position + 1)}/${count(all)}${total === null ? '+' : ''}`
                : total === null
                  ? `${count(all)}+ matches`
                  : plural(all, 'match', 'matches')}
          </span>
          <Button small kind="ghost" label="Previous match" icon={<ChevronUp size={14} />} onClick={() => step(-1)} />
          <Button small kind="ghost" label="Next match" icon={<ChevronDown size={14} />} onClick={() => step(1)} />
        </>
      )}
    </span>
  );
}
