/** Where a profile comes out, whether that fits, and whom it meets there. */
import { Link } from '@tanstack/react-router';
import { RefreshCw, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ExitMismatch, ProfileExit } from '../../../../contract/automation/profile/exit.ts';
import type { Profile } from '../../../../contract/automation/profiles.ts';
import { dateTime } from '../../../lib/format.ts';
import { useAct, useOperationQuery } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button } from '../../../ui/buttons.tsx';
import { Ago } from '../../../ui/display/ago.tsx';
import { FactList } from '../../../ui/display/facts.tsx';
import { SameAddress } from '../../../ui/display/same-address.tsx';
import { Notice } from '../../../ui/feedback/notice.tsx';
import { errorToast, toast } from '../../../ui/feedback/toast.tsx';
import layout from '../../../ui/styles/layout.module.css';

/** Nothing for a profile that goes out directly. */
export function ExitSection({ profile }: { profile: Profile }) {
  const isDirect = profile.proxy_id === null && profile.pool_id === null;
  const { data } = useOperationQuery('profiles_exit', { id: profile.id }, { enabled: !isDirect });
  if (isDirect || data === undefined) return null;
  return (
    <section aria-label="Exit">
      <h3>Exit</h3>
      <SameAddress others={data.shared_with} to="/profiles" connected="these profiles" />
      <Fit profile={profile} exit={data} />
      <FactList facts={factsOf(data)} />
      {data.via === 'pool' && data.proxy !== null ? <Renew profile={profile} /> : null}
    </section>
  );
}

function factsOf({ via, pool, proxy, exit, chosen_at, kept_until }: ProfileExit): [string, ReactNode][] {
  return [
    ...(via === 'pool' ? [['Pool', pool?.name ?? 'Deleted pool'] as [string, ReactNode]] : []),
    [
      'Goes out by',
      proxy === null ? (
        via === 'pool' ? (
          'chosen at the next start'
        ) : (
          'Deleted proxy'
        )
      ) : (
        <Link key="proxy" to="/proxies" search={{ peek: proxy.id }}>
          {proxy.name}
        </Link>
      ),
    ],
    ...(chosen_at === null ? [] : [['Chosen', <Ago key="chosen" at={chosen_at} />] as [string, ReactNode]]),
    ...(kept_until === null ? [] : [['Kept until', dateTime(kept_until)] as [string, ReactNode]]),
    ['Exit address', exit === null ? 'not known' : <code key="ip">{exit.ip}</code>],
    ['Country', exit?.country ?? 'not known'],
    ['Time zone', exit?.timezone ?? 'not known'],
  ];
}

const WORDS: Record<ExitMismatch['member'], string> = { locale: 'language', timezone: 'time zone' };
const sentence = ({ member, profile, exit }: ExitMismatch) =>
  `its ${WORDS[member]} is ${member === 'locale' ? `of ${profile}` : profile}, the exit in ${exit}`;

/** What does not fit, and the way to accept it. */
function Fit({
  profile,
  exit: { exit, mismatches, policy, accepted_at, blocked },
}: {
  profile: Profile;
  exit: ProfileExit;
}) {
  const noAccept = useCan('profiles_exit_accept');
  const accept = useAct('profiles_exit_accept', {
    onDone: () => toast(`The exit of “${profile.name}” is accepted; another one asks again`),
    onError: (error) => errorToast('Could not accept the exit', error),
  });
  if (exit === null || mismatches.length === 0 || policy === 'off') return null;
  const words = `The exit does not fit: ${mismatches.map(sentence).join(', and ')}.`;
  if (accepted_at !== null) return <Notice tone="info">{`${words} Accepted ${dateTime(accepted_at)}.`}</Notice>;
  return (
    <Notice tone={blocked ? 'bad' : 'warn'}>
      <span className={layout.grow}>{`${words}${blocked ? ' The profile does not start.' : ''}`}</span>
      <Button
        small
        icon={<ShieldCheck size={13} />}
        blocked={noAccept}
        busy={accept.isPending}
        onClick={() => accept.mutate({ id: profile.id, ip: exit.ip })}
      >
        Accept this exit
      </Button>
    </Notice>
  );
}

function Renew({ profile }: { profile: Profile }) {
  const noRenew = useCan('profiles_exit_renew');
  const renew = useAct('profiles_exit_renew', {
    onDone: () => toast(`“${profile.name}” gets another proxy at its next start`),
    onError: (error) => errorToast('Could not choose another proxy', error),
  });
  return (
    <div className={layout.row}>
      <Button
        small
        icon={<RefreshCw size={13} />}
        blocked={noRenew}
        busy={renew.isPending}
        onClick={() => renew.mutate({ id: profile.id })}
      >
        Choose anew
      </Button>
    </div>
  );
}
