import { Link, useLocation, useNavigate, useParams, useRouter } from '@tanstack/react-router';
import { ArrowLeft, ArrowRight } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { topicOf } from '../../lib/help.ts';
import { useActions } from '../../lib/keys/use-actions.ts';
import { NoMatch } from '../../ui/feedback/state-frame.tsx';
import { FilterField } from '../../ui/filter-field.tsx';
import { focusable } from '../../ui/focusable.ts';
import { Screen } from '../../ui/screen.tsx';
import { type Found, GUIDE, type GuidePage, searchGuide } from './guide.ts';
import { GuideText } from './markdown.tsx';
import './help.css';

function Topic({ page, sections }: Found) {
  return (
    <li>
      <Link to="/help/$topic" params={{ topic: page.id }} hash="">
        {page.title}
      </Link>
      {sections.length === 0 ? null : (
        <ul className="bare">
          {sections.map(({ id, title }) => (
            <li key={id}>
              <Link
                to="/help/$topic"
                params={{ topic: page.id }}
                hash={id}
                activeOptions={{ includeHash: true }}
                className="clip"
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

/** Links to the pages before and after, for reading the guide as a whole. */
function Neighbours({ before, after }: { before: GuidePage | undefined; after: GuidePage | undefined }) {
  return (
    <nav className="row guide-foot" aria-label="Pages before and after">
      {before === undefined ? null : (
        <Link to="/help/$topic" params={{ topic: before.id }} className="row">
          <ArrowLeft size={13} /> {before.title}
        </Link>
      )}
      <span className="grow" />
      {after === undefined ? null : (
        <Link to="/help/$topic" params={{ topic: after.id }} className="row">
          {after.title} <ArrowRight size={13} />
        </Link>
      )}
    </nav>
  );
}

/** The user guide: topics at the left, one page at the right. */
export function HelpScreen() {
  const { topic } = useParams({ from: '/help/$topic' });
  const { hash, state } = useLocation();
  const navigate = useNavigate();
  const router = useRouter();
  const [q, setQ] = useState<string | undefined>(undefined);
  // Place in the history at which the guide was opened: going back leaves it, however many pages were read.
  const at = state.__TSR_index;
  const [openedAt] = useState(at);
  const frame = useRef<HTMLElement>(null);
  const index = GUIDE.findIndex(({ id }) => id === topicOf(topic).id);
  const page = GUIDE[index];
  const found =
    q === undefined
      ? GUIDE.map((each) => ({ page: each, sections: each === page ? each.sections.filter((s) => s.level === 2) : [] }))
      : searchGuide(GUIDE, q);

  // Every navigation counts, also one to where the page is already.
  const visit = `${topic}#${hash} ${state.__TSR_key ?? ''}`;
  useEffect(() => {
    const target = visit === '' || hash === '' ? null : document.getElementById(hash);
    if (target !== null) {
      target.scrollIntoView({ block: 'start' });
      target.focus({ preventScroll: true });
      return;
    }
    frame.current?.scrollTo({ top: 0 });
    // Keys scroll the page at once, unless the user is in the list of topics.
    if (document.activeElement === document.body) frame.current?.focus({ preventScroll: true });
  }, [visit, hash]);

  const go = (by: 1 | -1) => {
    const next = GUIDE[index + by];
    if (next !== undefined) void navigate({ to: '/help/$topic', params: { topic: next.id } });
  };
  useActions([
    { id: 'help.next', title: 'Next page', group: 'Help', layer: 'view', keys: ['J'], hidden: true, run: () => go(1) },
    {
      id: 'help.before',
      title: 'Page before',
      group: 'Help',
      layer: 'view',
      keys: ['K'],
      hidden: true,
      run: () => go(-1),
    },
    {
      id: 'help.back',
      title: 'Back to where you were',
      group: 'Help',
      layer: 'view',
      keys: ['Escape'],
      hidden: true,
      run: () => (openedAt === 0 ? void navigate({ to: '/' }) : router.history.go(openedAt - at - 1)),
    },
  ]);

  return (
    <Screen>
      <div className="help">
        <nav className="help-nav" aria-label="Topics">
          <FilterField wide value={q} onChange={setQ} placeholder="Search the guide" />
          {found.length === 0 ? (
            <NoMatch what="topics" clear={() => setQ(undefined)} />
          ) : (
            <ul className="bare">
              {found.map((each) => (
                <Topic key={each.page.id} {...each} />
              ))}
            </ul>
          )}
        </nav>
        {page === undefined ? null : (
          <section className="scroll help-page" aria-label={page.title} ref={frame} {...focusable}>
            <article className="guide">
              <GuideText page={page} />
              <Neighbours before={GUIDE[index - 1]} after={GUIDE[index + 1]} />
            </article>
          </section>
        )}
      </div>
    </Screen>
  );
}
