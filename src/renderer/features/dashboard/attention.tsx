import { Link } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { useWarnings } from '../../lib/use-warnings.ts';
import { Button, buttonClass } from '../../ui/buttons.tsx';
import { Notice } from '../../ui/feedback/notice.tsx';
import layout from '../../ui/styles/layout.module.css';

/** Warnings of the host that nobody has acknowledged; renders nothing when there are none. */
export function Attention() {
  const { open, acknowledge, refetch } = useWarnings();
  if (open.length === 0) return null;
  return (
    <section aria-label="Needs attention">
      <Notice tone="warn">
        <TriangleAlert size={15} />
        <ul className={`${layout.bare} ${layout.grow}`}>
          {open.map((text) => (
            <li key={text} className={layout.row}>
              <span className={layout.grow}>{text}</span>
              <Button small onClick={() => acknowledge(text)}>
                Acknowledge
              </Button>
            </li>
          ))}
        </ul>
        <Link to="/settings" search={{ section: 'about' }} className={buttonClass({ small: true })}>
          Diagnose
        </Link>
        <Button small onClick={() => void refetch()}>
          Check again
        </Button>
      </Notice>
    </section>
  );
}
