import { ChevronDown, ChevronUp } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { Button } from '../buttons.tsx';

/** Search box of the log viewer: Enter goes to the next hit, Shift+Enter to the one before. */
export function LogSearch({
  q,
  setQ,
  hits,
  goTo,
}: {
  q: string;
  setQ(q: string): void;
  hits: readonly number[];
  goTo(seq: number): void;
}) {
  const [current, setCurrent] = useState(0);
  const step = (by: 1 | -1) => {
    if (hits.length === 0) return;
    const next = (current + by + hits.length) % hits.length;
    setCurrent(next);
    goTo(hits[next] ?? 0);
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
  return (
    <span className="row" style={{ gap: 2 }}>
      <input
        className="field small"
        type="search"
        placeholder="Find"
        aria-label="Find in log"
        value={q}
        onChange={(event) => {
          setQ(event.target.value);
          setCurrent(-1);
        }}
        onKeyDown={onKeyDown}
      />
      {q === '' ? null : (
        <>
          <span className="muted" style={{ fontSize: 12, minWidth: 44, textAlign: 'center' }}>
            {hits.length === 0 ? '0' : `${Math.max(0, current) + 1}/${hits.length}`}
          </span>
          <Button small kind="ghost" label="Hit before" icon={<ChevronUp size={14} />} onClick={() => step(-1)} />
          <Button small kind="ghost" label="Next hit" icon={<ChevronDown size={14} />} onClick={() => step(1)} />
        </>
      )}
    </span>
  );
}
