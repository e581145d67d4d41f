/** What is on the disk of a profile, and the removal of what can be loaded again. */
import { Eraser, RefreshCw } from 'lucide-react';
import { DISK_KINDS, type DiskKind } from '../../../../contract/automation/profile/running.ts';
import type { Profile } from '../../../../contract/automation/profiles.ts';
import { bytes } from '../../../lib/format.ts';
import { useAct, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { errorToast, toast } from '../../../ui/feedback/toast.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { startBlocked } from '../profile-actions.tsx';
import css from './storage.module.css';

const WORDS: Record<DiskKind, string> = {
  cache: 'Cache',
  cookies: 'Cookies',
  site_data: 'Site data',
  extensions: 'Extensions',
  history: 'History',
  other: 'Other',
};

export function StorageTab({ profile }: { profile: Profile }) {
  const query = useOperationQuery('profiles_disk', { id: profile.id });
  const clear = useAct('profiles_clear_cache', {
    onDone: ({ freed_bytes }) => {
      toast(`${bytes(freed_bytes)} of cache removed from “${profile.name}”`);
      void query.refetch();
    },
    onError: (error) => errorToast(`Could not clear the cache of “${profile.name}”`, error),
  });
  const noClear = useCan('profiles_clear_cache');
  const disk = query.data;
  const empty = disk?.kinds.cache === 0 ? 'There is no cache' : null;
  return (
    <div className={`${layout.scroll} ${layout.peek}`}>
      <div className={layout.row}>
        <Button
          small
          icon={<Eraser size={13} />}
          busy={clear.isPending}
          blocked={startBlocked(profile) ?? noClear ?? empty}
          onClick={() => clear.mutate({ id: profile.id })}
        >
          Clear cache, keep logins
        </Button>
        <span className={layout.grow} />
        <Button small icon={<RefreshCw size={13} />} busy={query.isFetching} onClick={() => void query.refetch()}>
          Measure
        </Button>
      </div>
      <StateFrame of={query} skeleton={6}>
        {disk === undefined ? null : (
          <dl className={css.kinds}>
            {DISK_KINDS.map((kind) => (
              <Kind key={kind} title={WORDS[kind]} size={disk.kinds[kind]} total={disk.bytes} />
            ))}
            <dt className={css.total}>Total</dt>
            <dd className={`${text.num} ${css.total}`}>{bytes(disk.bytes)}</dd>
          </dl>
        )}
      </StateFrame>
    </div>
  );
}

function Kind({ title, size, total }: { title: string; size: number; total: number }) {
  const share = total === 0 ? 0 : size / total;
  return (
    <>
      <dt>
        {title}
        <span className={css.bar} style={{ inlineSize: `${share * 100}%` }} />
      </dt>
      <dd className={text.num}>{bytes(size)}</dd>
    </>
  );
}
