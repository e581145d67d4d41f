import { Link } from '@tanstack/react-router';
import { CircleCheck, CirclePause, LoaderCircle, ScrollText, TriangleAlert, Unplug } from 'lucide-react';
import { useClientStatus } from '../lib/client/context.tsx';
import { bytes } from '../lib/format.ts';
import { keyHint } from '../lib/keys/registry.ts';
import { useOperationQuery } from '../lib/live/query.ts';
import { useResources } from '../lib/live/resources.ts';
import { useWarnings } from '../lib/use-warnings.ts';
import { useView } from '../lib/view-store.ts';
import { BulkTucked } from '../ui/bulk/bulk-tucked.tsx';
import { Badge } from '../ui/display/badge.tsx';
import layout from '../ui/styles/layout.module.css';
import text from '../ui/styles/text.module.css';
import { SignOut } from './sign-out.tsx';
import css from './status-bar.module.css';

function HostState({ warnings }: { warnings: number }) {
  const { phase } = useClientStatus();
  if (phase === 'online' && warnings === 0) {
    return (
      <Badge plain tone="good">
        <CircleCheck size={12} /> Host ready
      </Badge>
    );
  }
  if (phase === 'online') {
    return (
      <Link to="/settings" search={{ section: 'about' }} className={text.warn}>
        <TriangleAlert size={12} /> {warnings} {warnings === 1 ? 'warning' : 'warnings'}
      </Link>
    );
  }
  return (
    <Badge plain tone="warn">
      {phase === 'offline' ? <Unplug size={12} /> : <LoaderCircle size={12} />}{' '}
      {phase === 'offline' ? 'Host unreachable' : 'Connecting'}
    </Badge>
  );
}

/** Facts at the bottom: host, queue, memory, version. */
export function StatusBar() {
  const { version } = useClientStatus();
  const warnings = useWarnings();
  const queue = useOperationQuery('queue_stats', {});
  const resources = useResources();
  const drawer = useView((view) => view.drawer);
  const set = useView((view) => view.set);
  const waiting =
    queue.data === undefined ? 0 : queue.data.urgent + queue.data.normal + queue.data.low + queue.data.batch;
  return (
    <footer className={css.bar}>
      <HostState warnings={warnings.open.length} />
      {queue.data === undefined ? null : (
        <Link to="/tasks" search={{ status: 'running,queued' }}>
          {queue.data.paused ? <CirclePause size={12} /> : null}
          {queue.data.paused ? 'Queue paused · ' : ''}
          {queue.data.running}/{queue.data.capacity} running · {waiting} waiting
        </Link>
      )}
      <span className={layout.grow} />
      <BulkTucked />
      <button
        type="button"
        aria-pressed={drawer}
        title={keyHint('Host log', 'Mod+J')}
        onClick={() => set({ drawer: !drawer })}
      >
        <ScrollText size={12} /> Log
      </button>
      {resources.data === undefined ? null : (
        <span>
          RAM {bytes(resources.data.cpu_ram.used_mb * 1024 ** 2)} / {bytes(resources.data.cpu_ram.total_mb * 1024 ** 2)}
        </span>
      )}
      {version === null ? null : <span>v{version}</span>}
      <SignOut />
    </footer>
  );
}
