import type { ReactNode } from 'react';
import css from './table.module.css';

/** A short table to read; its children are `thead` and `tbody`. */
export function StaticTable({ children }: { children: ReactNode }) {
  return <table className={`${css.grid} ${css.plain}`}>{children}</table>;
}
