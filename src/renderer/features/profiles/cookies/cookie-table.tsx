/** Cookies as rows; only those in view are in the page. */
import type { Cookie } from '../../../../contract/automation/profile/cookies.ts';
import { dateTime } from '../../../lib/format.ts';
import text from '../../../ui/styles/text.module.css';
import { PlainTable } from '../../../ui/table/plain-table.tsx';

const COLUMNS = [{ title: 'Domain', width: 130 }, { title: 'Name' }, { title: 'Value' }, { title: 'Ends', width: 118 }];

/** Cookies whose domain or name holds a text. */
export function matching(cookies: readonly Cookie[], q: string): readonly Cookie[] {
  const wanted = q.trim().toLowerCase();
  return cookies.filter(
    ({ domain, name }) => domain.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted),
  );
}

/** What a row says of a cookie beside its columns. */
function titleOf({ path, secure, httpOnly, sameSite, partitionKey }: Cookie): string {
  const words = [
    `path ${path}`,
    secure ? 'secure' : 'not secure',
    httpOnly ? 'not for scripts' : null,
    sameSite === null ? null : `SameSite ${sameSite}`,
    partitionKey === null ? null : `only inside ${partitionKey.topLevelSite}`,
  ];
  return words.filter((word) => word !== null).join(', ');
}

/** @param props.open whether values are to be read */
export function CookieTable({ cookies, open }: { cookies: readonly Cookie[]; open: boolean }) {
  return (
    <PlainTable
      label="Cookies"
      columns={COLUMNS}
      count={cookies.length}
      row={(index) => {
        const cookie = cookies[index];
        if (cookie === undefined) return null;
        return (
          <tr key={`${cookie.domain} ${cookie.path} ${cookie.name}`} aria-rowindex={index + 2} title={titleOf(cookie)}>
            <td className={text.clip}>{cookie.domain}</td>
            <td className={`${text.clip} ${text.mono}`}>{cookie.name}</td>
            <td className={`${text.clip} ${text.mono} ${open ? '' : text.faint}`}>{open ? cookie.value : '••••••'}</td>
            <td className={text.muted}>
              {cookie.expires === null
                ? 'with the browser'
                : dateTime(new Date(cookie.expires * 1000).toISOString()).slice(0, 10)}
            </td>
          </tr>
        );
      }}
    />
  );
}
