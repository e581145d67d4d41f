/** The cookies of a profile. They are logins: nothing is read before the operator asks, and values stay covered. */
import { Menu } from '@mantine/core';
import { Cookie as CookieIcon, Download, Eye, EyeOff, RefreshCw, Trash2, Upload } from 'lucide-react';
import { useState } from 'react';
import { COOKIE_FORMATS, type Cookie } from '../../../../contract/automation/profile/cookies.ts';
import type { Profile } from '../../../../contract/automation/profiles.ts';
import { count } from '../../../lib/format.ts';
import { useAct } from '../../../lib/live/query.ts';
import { saveText } from '../../../lib/save-text.ts';
import { useCan } from '../../../lib/use-can.ts';
import { Button, IconButton } from '../../../ui/buttons.tsx';
import { errorToast, undoToast } from '../../../ui/feedback/toast.tsx';
import { FilterField } from '../../../ui/form/filter-field.tsx';
import layout from '../../../ui/styles/layout.module.css';
import text from '../../../ui/styles/text.module.css';
import { CookieImport } from './cookie-import.tsx';
import { CookieTable, matching } from './cookie-table.tsx';
import css from './cookies.module.css';

/** Why the cookies cannot be reached now, or null. */
function blockedOf(profile: Profile): string | null {
  if (profile.holder?.kind === 'task') return 'A task is using this profile';
  if (profile.state === 'locked') return 'Another program is using this profile';
  return profile.storage === 'ephemeral' && profile.state !== 'running'
    ? 'This profile keeps nothing when it is closed; open its browser first'
    : null;
}

/** Calls of this tab; cookies are kept in this component alone, never in a cache. */
function useCookies(profile: Profile) {
  const [cookies, setCookies] = useState<readonly Cookie[] | null>(null);
  const { id, name } = profile;
  const failed = (what: string) => (error: Parameters<typeof errorToast>[1]) => errorToast(what, error);
  const get = useAct('profiles_cookies_get', {
    onDone: (answer) => setCookies(answer.cookies),
    onError: failed(`Could not read the cookies of “${name}”`),
  });
  const load = () => get.mutate({ id });
  const back = useAct('profiles_cookies_set', { onDone: load, onError: failed('Could not bring the cookies back') });
  const remove = useAct('profiles_cookies_delete', {
    onError: failed(`Could not delete cookies of “${name}”`),
  });
  return {
    cookies,
    busy: get.isPending || remove.isPending || back.isPending,
    load,
    remove: (domain: string, gone: readonly Cookie[]) =>
      remove.mutate(
        { id, domain },
        {
          onSuccess: ({ deleted }) => {
            load();
            undoToast(`${count(deleted)} cookies of ${domain} deleted`, () => back.mutate({ id, cookies: [...gone] }));
          },
        },
      ),
  };
}

export function CookiesTab({ profile }: { profile: Profile }) {
  const desk = useCookies(profile);
  const [importing, setImporting] = useState(false);
  const noRead = useCan('profiles_cookies_get');
  const noWrite = useCan('profiles_cookies_set');
  const blocked = blockedOf(profile);
  return (
    <div className={`${layout.col} ${layout.grow} ${css.tab}`}>
      <div className={`${layout.row} ${css.tools}`}>
        <Button
          small
          kind={desk.cookies === null ? 'primary' : undefined}
          icon={desk.cookies === null ? <CookieIcon size={13} /> : <RefreshCw size={13} />}
          busy={desk.busy}
          blocked={blocked ?? noRead}
          onClick={desk.load}
        >
          {desk.cookies === null ? 'Show cookies' : 'Reload'}
        </Button>
        <Button small icon={<Upload size={13} />} blocked={blocked ?? noWrite} onClick={() => setImporting(true)}>
          Import
        </Button>
        <span className={layout.grow} />
        <ExportMenu profile={profile} blocked={blocked ?? noRead} />
      </div>
      {desk.cookies === null ? (
        <p className={`${text.muted} ${css.intro}`}>
          Cookies are logins: whoever has them is signed in. They are read when you ask, and each reading is in the
          audit.
          {profile.state === 'running'
            ? ''
            : ' Of a closed profile the browser is opened for a moment, without a window.'}
        </p>
      ) : (
        <Shown cookies={desk.cookies} remove={desk.remove} />
      )}
      {importing ? <CookieImport profile={profile} close={() => setImporting(false)} done={desk.load} /> : null}
    </div>
  );
}

function Shown({
  cookies,
  remove,
}: {
  cookies: readonly Cookie[];
  remove(domain: string, gone: readonly Cookie[]): void;
}) {
  const [q, setQ] = useState('');
  const [open, setOpen] = useState(false);
  const noDelete = useCan('profiles_cookies_delete');
  const shown = matching(cookies, q);
  const domains = new Set(shown.map(({ domain }) => domain.replace(/^\./, '')));
  const only = domains.size === 1 ? [...domains][0] : undefined;
  return (
    <>
      <div className={`${layout.row} ${css.tools}`}>
        <div className={layout.grow}>
          <FilterField
            value={q === '' ? undefined : q}
            onChange={(next) => setQ(next ?? '')}
            placeholder="Filter by domain or name"
          />
        </div>
        <span className={`${text.muted} ${text.num}`}>{count(shown.length)}</span>
        <IconButton
          label={open ? 'Cover the values' : 'Show the values'}
          Icon={open ? EyeOff : Eye}
          onClick={() => setOpen(!open)}
        />
        <IconButton
          label={only === undefined ? 'Delete cookies' : `Delete the cookies of ${only}`}
          Icon={Trash2}
          blocked={noDelete ?? (only === undefined ? 'Filter until one domain is left' : null)}
          onClick={() => {
            if (only !== undefined)
              remove(
                only,
                cookies.filter(({ domain }) => isBelow(domain, only)),
              );
          }}
        />
      </div>
      <CookieTable cookies={shown} open={open} />
    </>
  );
}

const isBelow = (domain: string, of: string) => `.${domain.replace(/^\./, '')}`.endsWith(`.${of}`);

const FORMAT_WORDS = { json: 'JSON', netscape: 'Netscape file (curl, wget)' } as const;

function ExportMenu({ profile, blocked }: { profile: Profile; blocked: string | null }) {
  const get = useAct('profiles_cookies_get', {
    onDone: ({ text: content }, { format }) =>
      saveText(`${profile.name} cookies.${format === 'json' ? 'json' : 'txt'}`, content ?? ''),
    onError: (error) => errorToast(`Could not export the cookies of “${profile.name}”`, error),
  });
  if (blocked !== null) {
    return (
      <Button small icon={<Download size={13} />} blocked={blocked} onClick={() => undefined}>
        Export
      </Button>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button small icon={<Download size={13} />} busy={get.isPending}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {COOKIE_FORMATS.filter((format) => format !== 'header').map((format) => (
          <Menu.Item key={format} onClick={() => get.mutate({ id: profile.id, format })}>
            {FORMAT_WORDS[format]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
