/** The states that every panel has: loading, empty, no match, error, forbidden. */
import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleQuestionMark, LockKeyhole, SearchX, Unplug } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { type AppError, problemOf } from '../../../contract/kernel/errors.ts';
import { errorText, type Titles } from '../../../contract/kernel/text/field-words.ts';
import { useOfflineSince, useOnline } from '../../lib/client/context.tsx';
import { type HelpTarget, partsOf, topicOf } from '../../lib/help.ts';
import { useInitialFocus } from '../../lib/keys/focus-list.ts';
import { OFFLINE } from '../../lib/use-can.ts';
import { Button, CopyButton } from '../buttons.tsx';
import { Ago } from '../display/ago.tsx';
import layout from '../styles/layout.module.css';
import text from '../styles/text.module.css';
import css from './state-frame.module.css';

/** What {@link StateFrame} needs to know of a query. */
export interface Asking {
  /** Last answer, if there ever was one. */
  data: unknown;
  /** When it was asked for or an event last changed it, unix ms. */
  dataUpdatedAt?: number;
  error: AppError | null;
  refetch(): unknown;
}

/** Nothing for 150 ms, then rows of the real height. */
export function Skeleton({ rows = 8 }: { rows?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  const widths = [38, 24, 31, 44, 27, 35, 22, 40];
  return (
    <div aria-busy="true" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => ({ id: `row-${index}`, width: widths[index % widths.length] })).map(
        (row) => (
          <div className={css.skeletonRow} key={row.id}>
            <div className={css.bone} style={{ width: `${row.width}%` }} />
            <div className={css.bone} />
          </div>
        ),
      )}
    </div>
  );
}

const isOffline = ({ extra }: AppError) => extra.reason === 'offline';

/** Everything support needs of an error, without secrets. */
function diagnostics(error: AppError): string {
  return JSON.stringify({ ...problemOf(error), page: location.hash, at: new Date().toISOString() }, null, 2);
}

/** An error, scoped to its panel: sentence, Retry, Copy diagnostics, which have its code. */
export function ErrorState({
  error,
  retry,
  inline = false,
  titles,
}: {
  error: AppError;
  /** Labels of the form whose call failed, by path. */
  titles?: Titles | undefined;
  retry?: (() => unknown) | undefined;
  inline?: boolean;
}) {
  const online = useOnline();
  const forbidden = error.slug === 'forbidden';
  const scope = error.extra.required_scope;
  const said = errorText(error, titles);
  return (
    <div className={inline ? `${css.state} ${css.inline}` : css.state} role="alert">
      <span className={text.bad}>{forbidden ? <LockKeyhole size={20} /> : <CircleAlert size={20} />}</span>
      <div className={inline ? layout.grow : layout.col}>
        <strong>{forbidden ? `Requires scope ${typeof scope === 'string' ? scope : 'admin'}` : said}</strong>
        {forbidden ? <p className={text.muted}>{said}</p> : null}
      </div>
      <div className={layout.row}>
        {retry === undefined ? null : (
          <Button small blocked={online ? null : OFFLINE} onClick={() => void retry()}>
            Retry
          </Button>
        )}
        <CopyButton label="Copy diagnostics" text={() => diagnostics(error)}>
          Copy diagnostics
        </CopyButton>
      </div>
    </div>
  );
}

/** A quiet link to the guide. */
export function HelpLink({ to }: { to: HelpTarget }) {
  const { topic, hash } = partsOf(to);
  return (
    <Link to="/help/$topic" params={{ topic }} hash={hash} className={css.helpLink}>
      <CircleQuestionMark size={13} /> {topicOf(topic).link}
    </Link>
  );
}

/** One sentence, one action, one link to the guide. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  help,
}: {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Where the guide tells more; `null` only where there is nothing to learn, such as filters that match nothing. */
  help: HelpTarget | null;
}) {
  // The list that would take the focus is not there. The guide is never what a screen is opened for, and a pane without content
  // must not take the focus from the list beside it.
  const frame = useRef<HTMLDivElement>(null);
  useInitialFocus(() => frame.current?.querySelector<HTMLElement>(`:is(button, a):not(.${css.helpLink})`));
  return (
    <div className={css.state} ref={frame}>
      <span className={css.icon}>{icon}</span>
      <div className={layout.col}>
        <strong>{title}</strong>
        {children === undefined ? null : <p className={text.muted}>{children}</p>}
      </div>
      {action}
      {help === null ? null : <HelpLink to={help} />}
    </div>
  );
}

/** Filters that match nothing. */
export function NoMatch({ clear, what }: { clear(): void; what: string }) {
  return (
    <EmptyState
      icon={<SearchX size={24} />}
      title={`No ${what} match these filters`}
      action={<Button onClick={clear}>Clear filters</Button>}
      help={null}
    />
  );
}

/** In place of what was never loaded, because the host is gone. */
function Offline() {
  return (
    <EmptyState icon={<Unplug size={24} />} title="Offline" help={null}>
      This appears as soon as the host can be reached again.
    </EmptyState>
  );
}

/** How old what is shown is, while the host is gone. */
function OfflineNote({ updatedAt }: { updatedAt: number }) {
  return (
    <p className={css.offline} role="status">
      <Unplug size={12} aria-hidden />
      <span>
        Offline. Last updated <Ago at={updatedAt} />
      </span>
    </p>
  );
}

/** In place of something that does not exist, or not any more. */
function Missing({ error, back }: { error: AppError; back: ReactNode }) {
  const { resource = 'object', id = '' } = error.extra;
  return (
    <EmptyState icon={<SearchX size={24} />} title={`This ${resource} does not exist`} action={back} help={null}>
      It was deleted, or its address is wrong: <code>{String(id)}</code>
    </EmptyState>
  );
}

/** Shows a query's state, and the children once there is data; old data stays when asking again fails. */
export function StateFrame({
  of,
  children,
  skeleton = 8,
  back,
}: {
  of: Asking;
  children: ReactNode;
  skeleton?: number;
  /** Where the others are, shown when this one does not exist. */
  back?: ReactNode;
}) {
  const since = useOfflineSince();
  // The answer that a lost connection cut off is asked for again.
  const error = of.error !== null && isOffline(of.error) ? null : of.error;
  if (of.data === undefined || error?.slug === 'not-found') {
    if (error?.slug === 'not-found' && back !== undefined) return <Missing error={error} back={back} />;
    if (error !== null) return <ErrorState error={error} retry={of.refetch} />;
    return since === null ? <Skeleton rows={skeleton} /> : <Offline />;
  }
  // What is below stays the same component: its selection, scroll position and open menus outlive an outage.
  return (
    <>
      {since !== null ? (
        <OfflineNote updatedAt={of.dataUpdatedAt || since} />
      ) : error !== null ? (
        <ErrorState inline error={error} retry={of.refetch} />
      ) : null}
      {children}
    </>
  );
}
