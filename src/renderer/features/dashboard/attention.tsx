import { Link } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { useOperationQuery } from '../../lib/live/query.ts';
import { Button } from '../../ui/buttons.tsx';

/** What is down or weak, each with what to do. Nothing when all is well. */
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
    <section className="notice warn" aria-label="Needs attention">
      <TriangleAlert size={15} />
      <ul className="bare grow">
        {warnings.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <Link to="/settings" search={{ section: 'about' }} className="btn small">
        Diagnose
      </Link>
      <Button small onClick={() => void query.refetch()}>
        Check again
      </Button>
    </section>
  );
}
