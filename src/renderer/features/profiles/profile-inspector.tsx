import { LockOpen, Pencil, Play, Square, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import type { Profile } from '../../../contract/automation/profiles.ts';
import type { ProfileId } from '../../../contract/kernel/scalars.ts';
import { useOperationQuery } from '../../lib/live/query.ts';
import { useCan } from '../../lib/use-can.ts';
import { Button, CopyButton, IconButton } from '../../ui/buttons.tsx';
import { Status } from '../../ui/display/status.tsx';
import { Notice } from '../../ui/feedback/notice.tsx';
import { StateFrame } from '../../ui/feedback/state-frame.tsx';
import { ToolBar } from '../../ui/screen.tsx';
import { ShowFolder } from '../../ui/show-folder.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { TabPanel, Tabs } from '../../ui/tabs.tsx';
import { RunDialog } from '../run/index.ts';
import { ConnectSection } from './connect/connect-section.tsx';
import { CookiesTab } from './cookies/cookies-tab.tsx';
import { ExitSection } from './exit/exit-section.tsx';
import { startBlocked, stopBlocked, useProfileActions } from './profile-actions.tsx';
import { LastTasks, ProfileFacts } from './profile-facts.tsx';
import css from './profiles.module.css';
import { SnapshotsTab } from './snapshots/snapshots-tab.tsx';
import { StorageTab } from './storage/storage-tab.tsx';
import { Swatch } from './swatch.tsx';
import { TrafficTab } from './traffic/traffic-tab.tsx';

const TABS = [
  { id: 'overview', label: 'Overview' },
  { id: 'cookies', label: 'Cookies' },
  { id: 'storage', label: 'Storage' },
  { id: 'snapshots', label: 'Snapshots' },
  { id: 'traffic', label: 'Traffic' },
] as const;
type TabId = (typeof TABS)[number]['id'];

/** Details of one profile, in a pane beside the list. */
export function ProfileInspector({ id, close, edit }: { id: ProfileId; close(): void; edit(): void }) {
  const query = useOperationQuery('profiles_get', { id }, { keep: true });
  const profile = query.data;
  const [tab, setTab] = useState<TabId>('overview');
  return (
    <aside className={`${layout.col} ${layout.grow}`} aria-label="Profile">
      <ToolBar>
        {profile === undefined ? null : <Swatch color={profile.color} />}
        <h2 className={`${layout.grow} ${text.clip}`}>{profile?.name}</h2>
        {profile === undefined ? null : <ProfileTools profile={profile} close={close} edit={edit} />}
        <IconButton label="Close" Icon={X} onClick={close} />
      </ToolBar>
      <div className={css.tabs}>
        <Tabs name="profile" label="Profile" tabs={TABS} value={tab} onChange={setTab} />
      </div>
      <StateFrame of={query} skeleton={6}>
        {profile === undefined ? null : (
          <TabPanel name="profile" value={tab}>
            <TabBody tab={tab} profile={profile} />
          </TabPanel>
        )}
      </StateFrame>
    </aside>
  );
}

function TabBody({ tab, profile }: { tab: TabId; profile: Profile }) {
  switch (tab) {
    case 'overview':
      return <ProfileBody profile={profile} />;
    case 'cookies':
      return <CookiesTab key={profile.id} profile={profile} />;
    case 'storage':
      return <StorageTab key={profile.id} profile={profile} />;
    case 'snapshots':
      return <SnapshotsTab key={profile.id} profile={profile} />;
    case 'traffic':
      return <TrafficTab key={profile.id} profile={profile} />;
  }
}

function ProfileTools({ profile, close, edit }: { profile: Profile; close(): void; edit(): void }) {
  const actions = useProfileActions();
  const noDelete = useCan('profiles_delete');
  const noUpdate = useCan('profiles_update');
  return (
    <>
      <ShowFolder target="profile" id={profile.id} />
      <IconButton
        label="Delete"
        action="profiles.delete"
        Icon={Trash2}
        blocked={noDelete}
        onClick={() => void actions.remove(profile, close)}
      />
      <IconButton label="Edit" action="profiles.edit" Icon={Pencil} blocked={noUpdate} onClick={edit} />
    </>
  );
}

function ProfileBody({ profile }: { profile: Profile }) {
  const noTask = useCan('tasks_create');
  const [running, setRunning] = useState(false);
  return (
    <div className={`${layout.scroll} ${layout.peek}`}>
      <div className={layout.row}>
        <Status state={profile.state} />
        <span className={layout.grow} />
        <BrowserButton profile={profile} />
        <Button small blocked={noTask} icon={<Play size={13} />} onClick={() => setRunning(true)}>
          Run a command
        </Button>
      </div>
      {profile.state === 'locked' ? (
        <Notice tone="warn">
          The profile is held by {profile.holder === null ? 'another program' : profile.holder.id}. Close that program;
          when it runs on another computer or is gone already, unlock the profile here.
        </Notice>
      ) : null}
      <div className={layout.row}>
        <code className={`${text.clip} ${text.faint}`}>{profile.id}</code>
        <CopyButton label="Copy id" text={profile.id} />
      </div>
      {/* Above the facts, which fill a window of little height. */}
      <ConnectSection key={profile.id} profile={profile} />
      <ExitSection key={`exit ${profile.id}`} profile={profile} />
      <ProfileFacts profile={profile} />
      {profile.start_urls.length === 0 ? null : (
        <section>
          <h3>Start pages</h3>
          <ul className={layout.bare}>
            {profile.start_urls.map((url) => (
              <li key={url} className={`${text.clip} ${text.mono}`}>
                {url}
              </li>
            ))}
          </ul>
        </section>
      )}
      {profile.notes === '' ? null : (
        <section>
          <h3>Notes</h3>
          <p className={css.notes}>{profile.notes}</p>
        </section>
      )}
      <LastTasks id={profile.id} />
      <RunDialog opened={running} close={() => setRunning(false)} profileId={profile.id} />
    </div>
  );
}

/** The one action that the profile's state allows: start, stop or unlock. */
function BrowserButton({ profile }: { profile: Profile }) {
  const actions = useProfileActions();
  const noUnlock = useCan('profiles_unlock');
  const noStart = useCan('profiles_start');
  const noStop = useCan('profiles_stop');
  if (profile.state === 'locked')
    return (
      <Button
        small
        blocked={noUnlock}
        busy={actions.busy}
        icon={<LockOpen size={13} />}
        onClick={() => actions.unlock(profile)}
      >
        Unlock
      </Button>
    );
  return stopBlocked(profile) === null ? (
    <Button
      small
      action="profiles.toggle"
      blocked={noStop}
      busy={actions.busy}
      icon={<Square size={12} />}
      onClick={() => actions.stop(profile)}
    >
      Stop browser
    </Button>
  ) : (
    <Button
      small
      action="profiles.toggle"
      blocked={startBlocked(profile) ?? noStart}
      busy={actions.busy}
      icon={<Play size={13} />}
      onClick={() => actions.start(profile)}
    >
      Open browser
    </Button>
  );
}
