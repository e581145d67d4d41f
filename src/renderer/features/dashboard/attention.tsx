import { Link } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { useOperationQuery } from '../../lib/live/query.ts';
import { Button, buttonClass } from '../../ui/buttons.tsx';
import { Notice } from '../../ui/feedback/notice.tsx';
import layout from '../../ui/styles/layout.module.css';

/** Warnings of the host; renders nothing when there are none. */
export function Attention() {
  const query = useOperationQuery('host_info', {});
  const info = query.data;
  if (info === undefined) return null;
  const warnings = [
    ...(info.http_error === null ? [] : [info.http_error]),
    ...info.warnings.filter((text) => text !== info.http_error),
  ];
  if (warnings.length === 0) return null;
  return (
    <section aria-label="Needs attention">
      <Notice tone="warn">
        <TriangleAlert size={15} />
        <ul className={`${layout.bare} ${layout.grow}`}>
          {warnings.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
        <Link to="/settings" search={{ section: 'about' }} className={buttonClass({ small: true })}>
          Diagnose
        </Link>
        <Button small onClick={() => void query.refetch()}>
          Check again
        </Button>
      </Notice>
    </section>
  );
}
