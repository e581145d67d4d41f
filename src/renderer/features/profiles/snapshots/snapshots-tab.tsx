/** Earlier states of a profile: kept when its browser is closed, compared by cookies, brought back. */
import { Camera, GitCompare, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type {
  ProfileSnapshotInfo,
  SnapshotDiff,
  SnapshotId,
} from '../../../../contract/automation/profile/snapshots.ts';
import type { Profile } from '../../../../contract/automation/profiles.ts';
import { bytes, count } from '../../../lib/format.ts';
import { useAct, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button, IconButton } from '../../../ui/buttons.tsx';
import { Ago } from '../../../ui/display/ago.tsx';
import { StateFrame } from '../../../ui/feedback/state-frame.tsx';
import { errorToast, undoToast } from '../../../ui/feedback/toast.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { startBlocked } from '../profile-actions.tsx';
import css from './snapshots.module.css';

const REASONS: Record<ProfileSnapshotInfo['reason'], string> = {
  stop: 'Browser closed',
  manual: 'Taken manually',
  restore: 'Before a restore',
};

type Failure = Parameters<typeof errorToast>[1];

function useSnapshots({ id, name }: Profile) {
  const [diff, setDiff] = useState<{ of: SnapshotId; found: SnapshotDiff } | null>(null);
  const failed = (what: string) => (error: Failure) => errorToast(what, error);
  const take = useAct('profiles_snapshots_create', { onError: failed(`Could not take a snapshot of “${name}”`) });
  const compare = useAct('profiles_snapshots_diff', {
    onDone: (found, { snapshot_id }) => setDiff({ of: snapshot_id, found }),
    onError: failed('Could not compare'),
  });
  const remove = useAct('profiles_snapshots_delete', { onError: failed('Could not delete the snapshot') });
  const restore = useAct('profiles_snapshots_restore', { onError: failed(`Could not bring “${name}” back`) });
  const list = useOperationQuery('profiles_snapshots_list', { id });
  /** The state that was there before is the newest snapshot of all. */
  const back = async () => {
    const { data } = await list.refetch();
    const before = data?.items.find(({ reason }) => reason === 'restore');
    if (before !== undefined) restore.mutate({ id, snapshot_id: before.id });
  };
  return {
    list,
    diff,
    busy: take.isPending || compare.isPending || restore.isPending || remove.isPending,
    take: () => take.mutate({ id }),
    compare: (snapshot_id: SnapshotId) => compare.mutate({ id, snapshot_id }),
    remove: (snapshot_id: SnapshotId) => remove.mutate({ id, snapshot_id }),
    restore: (snapshot_id: SnapshotId) =>
      restore.mutate(
        { id, snapshot_id },
        { onSuccess: () => undoToast(`“${name}” is restored from the snapshot`, () => void back()) },
      ),
  };
}

export function SnapshotsTab({ profile }: { profile: Profile }) {
  const ring = useSnapshots(profile);
  const noTake = useCan('profiles_snapshots_create');
  const noRestore = useCan('profiles_snapshots_restore');
  const noDelete = useCan('profiles_snapshots_delete');
  const ephemeral = profile.storage === 'ephemeral' ? 'This profile keeps nothing when it is closed' : null;
  const blocked = ephemeral ?? startBlocked(profile);
  return (
    <div className={`${layout.scroll} ${layout.peek}`}>
      <div className={layout.row}>
        <Button small icon={<Camera size={13} />} busy={ring.busy} blocked={blocked ?? noTake} onClick={ring.take}>
          Take snapshot
        </Button>
      </div>
      <StateFrame of={ring.list} skeleton={3}>
        {ring.list.data?.items.length === 0 ? (
          <p className={text.muted}>
            When you close the browser of this profile its state is kept, the last five of them, without caches. Come
            back to one when a site has signed you out or a file is broken.
          </p>
        ) : (
          <ul className={`${layout.bare} ${css.list}`} aria-label="Snapshots">
            {ring.list.data?.items.map((item) => (
              <li key={item.id}>
                <div className={layout.row}>
                  <span className={layout.grow}>
                    {REASONS[item.reason]}
                    <span className={`${text.muted} ${css.facts}`}>
                      <Ago at={item.created_at} /> · {bytes(item.bytes)}
                    </span>
                  </span>
                  <IconButton
                    label="Compare cookies"
                    Icon={GitCompare}
                    blocked={blocked ?? noRestore}
                    onClick={() => ring.compare(item.id)}
                  />
                  <IconButton
                    label="Restore"
                    Icon={Undo2}
                    blocked={blocked ?? noRestore}
                    onClick={() => ring.restore(item.id)}
                  />
                  <IconButton
                    label="Delete snapshot"
                    Icon={Trash2}
                    blocked={noDelete}
                    onClick={() => ring.remove(item.id)}
                  />
                </div>
                {ring.diff?.of === item.id ? <Diff diff={ring.diff.found} /> : null}
              </li>
            ))}
          </ul>
        )}
      </StateFrame>
    </div>
  );
}

const WORDS: readonly (readonly [keyof SnapshotDiff, string])[] = [
  ['gone', 'only then'],
  ['added', 'only now'],
  ['changed', 'another value'],
];

function Diff({ diff }: { diff: SnapshotDiff }) {
  const total = WORDS.reduce((sum, [kind]) => sum + diff[kind].length, 0);
  if (total === 0) return <p className={`${text.muted} ${css.diff}`}>The same cookies as now</p>;
  return (
    <ul className={`${layout.bare} ${css.diff}`} aria-label={`${count(total)} cookies differ`}>
      {WORDS.flatMap(([kind, words]) =>
        diff[kind].map(({ domain, name, path }) => (
          <li key={`${kind} ${domain} ${path} ${name}`} className={layout.row}>
            <span className={`${layout.grow} ${text.clip} ${text.mono}`}>
              {domain} {name}
            </span>
            <span className={text.muted}>{words}</span>
          </li>
        )),
      )}
    </ul>
  );
}
