import type { ReactNode } from 'react';
import css from './badge.module.css';

/** Colour families of tokens.css. */
export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'idle';

/** A fact in the colour of its tone; `plain` without a background. */
export function Badge({ tone, plain = false, children }: { tone: Tone; plain?: boolean; children: ReactNode }) {
  return <span className={`${css.badge} ${css[tone]} ${plain ? css.plain : ''}`}>{children}</span>;
}

/** A quiet label beside a name; `title` is its tooltip. */
export function Tag({ title, children }: { title?: string | undefined; children: ReactNode }) {
  return (
    <span className={css.tag} title={title}>
      {children}
    </span>
  );
}
