import type { RefObject } from 'react';
import css from './brush-mark.module.css';

/** What `useBrush` shows while the user drags: the piece of the axis with its label. It lies in the brush's area. */
export function BrushMark({ ref }: { ref: RefObject<HTMLDivElement | null> }) {
  return <div className={css.mark} ref={ref} hidden data-testid="brush-mark" />;
}
