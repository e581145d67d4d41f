import type { ReactNode } from 'react';
import css from './facts.module.css';

/** Names and values in two columns; its children are `dt` and `dd`. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={css.facts}>{children}</dl>;
}
