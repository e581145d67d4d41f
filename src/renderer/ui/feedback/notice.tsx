import type { ReactNode } from 'react';
import { messageProps } from '../../lib/keys/focus-messages.ts';
import css from './notice.module.css';

/** A message within a screen. `square` where it goes from edge to edge; `alert` is read out at once. */
export function Notice({
  tone,
  square = false,
  alert = false,
  children,
}: {
  tone: 'warn' | 'bad' | 'info';
  square?: boolean;
  alert?: boolean;
  children: ReactNode;
}) {
  return (
    <div
      className={`${css.notice} ${css[tone]} ${square ? css.square : ''}`}
      role={alert ? 'alert' : undefined}
      {...messageProps}
    >
      {children}
    </div>
  );
}
