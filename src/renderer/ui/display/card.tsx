import type { ReactNode } from 'react';
import css from './card.module.css';

/** A framed section; `label` is its name for assistive technology. `head` is its first line, mostly an `h2` and buttons. */
export function Card({
  label,
  head,
  className = '',
  children,
}: {
  label?: string;
  head?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}) {
  return (
    <section className={`${css.card} ${className}`} aria-label={label}>
      {head === undefined ? null : <div className={css.head}>{head}</div>}
      {children}
    </section>
  );
}
