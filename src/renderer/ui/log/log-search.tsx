import { ChevronDown, ChevronUp } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
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
  isSettled,
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
  /** Whether the hits are those of `q`. */
  isSettled: boolean;
  goTo(seq: number): void;
}) {
  /** A step that was asked for before the hits of the text were there. */
  const wish = useRef<1 | -1 | null>(null);
  const step = (by: 1 | -1) => {
    if (!isSettled) {
      wish.current = by;
      return;
    }
    const next = nextHit(hits, at, by);
    if (next !== null) goTo(next);
  };
  useEffect(() => {
    if (!isSettled || wish.current === null) return;
    const by = wish.current;
    wish.current = null;
    step(by);
  });
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
        onChange={(event) => {
          wish.current = null;
          setQ(event.target.value);
        }}
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
