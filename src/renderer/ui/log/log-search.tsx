import { ChevronDown, ChevronUp } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
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
  goTo,
}: {
  q: string;
  setQ(q: string): void;
  /** Lines that can be gone to. */
  hits: readonly number[];
  /** How many there are in the whole log; null while that is not known. */
  total: number | null;
  goTo(seq: number): void;
}) {
  const [at, setAt] = useState<number | null>(null);
  const step = (by: 1 | -1) => {
    const next = nextHit(hits, at, by);
    if (next === null) return;
    setAt(next);
    goTo(next);
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
  const position = at === null ? 0 : Math.max(0, hits.indexOf(at));
  return (
    <span className={css.search}>
      <input
        className={`${field.field} ${field.small}`}
        type="search"
        placeholder="Find"
        aria-label="Find in log"
        value={q}
        onChange={(event) => {
          setQ(event.target.value);
          setAt(null);
        }}
        onKeyDown={onKeyDown}
      />
      {q === '' ? null : (
        <>
          <span className={css.hits} role="status" title="Matches in the whole log">
            {hits.length === 0 && total === 0
              ? 'No matches'
              : `${hits.length === 0 ? 0 : position + 1}/${total ?? `${hits.length}+`}`}
          </span>
          <Button small kind="ghost" label="Previous match" icon={<ChevronUp size={14} />} onClick={() => step(-1)} />
          <Button small kind="ghost" label="Next match" icon={<ChevronDown size={14} />} onClick={() => step(1)} />
        </>
      )}
    </span>
  );
}
