import { TriangleAlert } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useInitialFocus } from '../lib/keys/focus-list.ts';
import { Button, CopyButton } from './buttons.tsx';
import { Notice } from './feedback/notice.tsx';
import css from './shown-once.module.css';
import layout from './styles/layout.module.css';
import text from './styles/text.module.css';

/**
 * A secret that has just been made and is not shown again. The focus is on the button that copies it: Enter pressed once too often must
 * not lose it.
 */
export function ShownOnce({
  value,
  what,
  warning,
  done,
  children,
}: {
  value: string;
  /** Its name in labels, such as `key`. */
  what: string;
  warning: string;
  done(): void;
  children?: ReactNode;
}) {
  const line = useRef<HTMLDivElement>(null);
  useInitialFocus(() => line.current?.querySelector('button'));
  return (
    <div className={`${layout.col} ${css.parts}`}>
      <Notice tone="warn">
        <TriangleAlert size={15} />
        <span>{warning}</span>
      </Notice>
      <div ref={line} className={`${text.pre} ${layout.row}`}>
        <span className={layout.grow} data-testid={`new-${what}`}>
          {value}
        </span>
        <CopyButton label={`Copy ${what}`} text={value} />
      </div>
      {children}
      <div className={`${layout.row} ${css.foot}`}>
        <Button kind="primary" onClick={done}>
          Done
        </Button>
      </div>
    </div>
  );
}
