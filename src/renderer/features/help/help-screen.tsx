import { Link, Navigate, useLocation, useNavigate, useParams, useRouter } from '@tanstack/react-router';
import { ArrowLeft, ArrowRight } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { topicOf } from '../../lib/help.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { NoMatch } from '../../ui/feedback/state-frame.tsx';
import { focusable } from '../../ui/focusable.ts';
import { FilterField } from '../../ui/form/filter-field.tsx';
import { Screen } from '../../ui/screen.tsx';
import layout from '../../ui/styles/layout.module.css';
import text from '../../ui/styles/text.module.css';
import { type Found, GUIDE, type GuidePage, searchGuide } from './guide.ts';
import css from './help-screen.module.css';
import { GuideText } from './markdown.tsx';

function Topic({ page, sections }: Found) {
  return (
    <li>
      <Link to="/help/$topic" params={{ topic: page.id }} hash="">
        {page.title}
      </Link>
      {sections.length === 0 ? null : (
        <ul className={layout.bare}>
          {sections.map(({ id, title }) => (
            <li key={id}>
              <Link
                to="/help/$topic"
                params={{ topic: page.id }}
                hash={id}
                activeOptions={{ includeHash: true }}
                className={text.clip}
              >
                {title}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** Links to the previous and the next page. */
function Neighbours({ before, after }: { before: GuidePage | undefined; after: GuidePage | undefined }) {
  return (
    <nav className={`${layout.row} ${css.foot}`} aria-label="Previous and next page">
      {before === undefined ? null : (
        <Link to="/help/$topic" params={{ topic: before.id }} className={layout.row}>
          <ArrowLeft size={13} /> {before.title}
        </Link>
      )}
      <span className={layout.grow} />
      {after === undefined ? null : (
        <Link to="/help/$topic" params={{ topic: after.id }} className={layout.row}>
          {after.title} <ArrowRight size={13} />
        </Link>
      )}
    </nav>
  );
}

/** After each navigation, scrolls to and focuses the heading that the address names, or else scrolls to the top. */
function useArrival(topic: string, frame: RefObject<HTMLElement | null>): void {
  const { hash, state } = useLocation();
  // The topic rather than the path, which changes before the page is rendered. The key of the history entry differs on every visit.
  const visit = `${topic}#${hash} ${state.__TSR_key ?? ''}`;
  useEffect(() => {
    const target = visit === '' || hash === '' ? null : document.getElementById(hash);
    if (target !== null) {
      target.scrollIntoView({ block: 'start' });
      target.focus({ preventScroll: true });
      return;
    }
    frame.current?.scrollTo({ top: 0 });
    // With the focus on the page, keys scroll it at once; the focus stays when the user is in the list of topics.
    if (document.activeElement === document.body) frame.current?.focus({ preventScroll: true });
  }, [visit, hash, frame]);
}

/** J and K turn the pages; Escape leaves the guide, however many pages were read. */
function useReadingKeys(before: GuidePage | undefined, after: GuidePage | undefined): void {
  const { state } = useLocation();
  const navigate = useNavigate();
  const router = useRouter();
  const at = state.__TSR_index;
  // Index in the history at which the guide was opened.
  const [openedAt] = useState(at);
  const show = (page: GuidePage | undefined) =>
    page && void navigate({ to: '/help/$topic', params: { topic: page.id } });
  const leave = () => (openedAt === 0 ? void navigate({ to: '/' }) : router.history.go(openedAt - at - 1));
  const hidden = { group: 'Help', layer: 'view', hidden: true } as const;
  useActions([
    { ...hidden, id: 'help.next', title: 'Next page', keys: ['J'], run: () => show(after) },
    { ...hidden, id: 'help.before', title: 'Previous page', keys: ['K'], run: () => show(before) },
    { ...hidden, id: 'help.back', title: 'Back to where you were', keys: ['Escape'], run: leave },
  ]);
}

/** Topics, with the sections of the open page; during a search, the matching topics and sections. */
function Topics({ page }: { page: GuidePage | undefined }) {
  const [q, setQ] = useState<string | undefined>(undefined);
  const found =
    q === undefined
      ? GUIDE.map((each) => ({ page: each, sections: each === page ? each.sections.filter((s) => s.level === 2) : [] }))
      : searchGuide(GUIDE, q);
  return (
    <nav className={css.nav} aria-label="Topics">
      <FilterField wide value={q} onChange={setQ} placeholder="Search the guide" />
      {found.length === 0 ? (
        <NoMatch what="topics" clear={() => setQ(undefined)} />
      ) : (
        <ul className={layout.bare}>
          {found.map((each) => (
            <Topic key={each.page.id} {...each} />
          ))}
        </ul>
      )}
    </nav>
  );
}

/** Opens the first page. */
export function HelpStart() {
  return <Navigate to="/help/$topic" params={{ topic: topicOf(undefined).id }} replace />;
}

export function HelpScreen() {
  const { topic } = useParams({ from: '/help/$topic' });
  const frame = useRef<HTMLElement>(null);
  const index = GUIDE.findIndex(({ id }) => id === topicOf(topic).id);
  const [before, page, after] = [GUIDE[index - 1], GUIDE[index], GUIDE[index + 1]];
  useArrival(topic, frame);
  useReadingKeys(before, after);
  return (
    <Screen>
      <div className={css.help}>
        <Topics page={page} />
        {page === undefined ? null : (
          <section className={`${layout.scroll} ${css.page}`} aria-label={page.title} ref={frame} {...focusable}>
            <article className={css.article}>
              <GuideText page={page} />
              <Neighbours before={before} after={after} />
            </article>
          </section>
        )}
      </div>
    </Screen>
  );
}
