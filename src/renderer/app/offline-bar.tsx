import { Unplug } from 'lucide-react';
import { useClient, useClientStatus } from '../lib/client/context.tsx';
import { messageProps } from '../lib/keys/focus-messages.ts';
import { useNow } from '../lib/use-now.ts';
import { Button } from '../ui/buttons.tsx';
import layout from '../ui/styles/layout.module.css';
import css from './offline-bar.module.css';

/** Says that the host is gone and when the panel tries again; what was loaded stays readable. */
export function OfflineBar() {
  const client = useClient();
  const { phase, retryAt } = useClientStatus();
  if (phase !== 'offline') return <div />;
  return (
    <div className={css.bar} role="alert" {...messageProps}>
      <Unplug size={14} />
      The host cannot be reached. Data shown may be out of date.
      <span className={layout.grow} />
      <Countdown retryAt={retryAt} />
      <Button small onClick={client.retry}>
        Connect now
      </Button>
    </div>
  );
}

function Countdown({ retryAt }: { retryAt: number | null }) {
  const now = useNow();
  const seconds = retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1_000));
  return <span aria-live="off">{seconds === 0 ? 'Connecting…' : `Reconnecting in ${seconds} s`}</span>;
}
