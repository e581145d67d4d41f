/** What a screen is made of: a head with its name and actions, bars with filters, and the rest. */
import type { ReactNode } from 'react';
import css from './screen.module.css';

/** A screen below the title bar; its children share its height. */
export function Screen({ children }: { children: ReactNode }) {
  return (
    <div className={css.screen} data-testid="screen">
      {children}
    </div>
  );
}

/** The first line of a screen. */
export function ScreenHead({ children }: { children: ReactNode }) {
  return <header className={css.head}>{children}</header>;
}

/** A line of filters and buttons above what they act on. */
export function ToolBar({ children }: { children: ReactNode }) {
  return <div className={css.toolBar}>{children}</div>;
}
