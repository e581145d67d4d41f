/** The pages of `docs/guide`, bundled so that they work offline. */
import { HELP_TOPICS, type HelpTopic } from '../../lib/help.ts';

/** The part of a page from one heading to the next. */
export interface Section {
  /** Id of the heading, as code hosts derive it. */
  id: string;
  title: string;
  /** Heading level; 1 is the page's title. */
  level: number;
  /** Markdown below the heading. */
  text: string;
}

export interface GuidePage {
  id: HelpTopic;
  title: string;
  markdown: string;
  sections: Section[];
}

const SOURCES: Record<string, string> = import.meta.glob('../../../../docs/guide/*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** `Why a task waits` → `why-a-task-waits`. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** Splits Markdown at its headings; a `#` inside a code block does not count. */
export function sectionsOf(markdown: string): Section[] {
  const sections: Section[] = [];
  let code = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) code = !code;
    const heading = code ? null : /^(#{1,3}) (.+)$/.exec(line);
    const current = sections.at(-1);
    if (heading !== null) {
      const title = (heading[2] ?? '').replaceAll('`', '');
      sections.push({ id: slugOf(title), title, level: heading[1]?.length ?? 1, text: '' });
    } else if (current !== undefined) current.text += `${line}\n`;
  }
  return sections;
}

/** All pages, in reading order. */
export const GUIDE: readonly GuidePage[] = HELP_TOPICS.map(({ id, title }) => {
  const markdown = SOURCES[`../../../../docs/guide/${id}.md`] ?? '';
  return { id, title, markdown, sections: sectionsOf(markdown) };
});

/** Names of all files of the guide, so that a test can find one without a topic. */
export const GUIDE_FILES: readonly string[] = Object.keys(SOURCES).map((path) => path.replace(/^.*\//, ''));

/** A page with the sections that match a search. */
export interface Found {
  page: GuidePage;
  sections: Section[];
}

/** Finds sections that contain all words in any order; a page that matches only by its title has no sections. */
export function searchGuide(pages: readonly GuidePage[], q: string): Found[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  return pages
    .map((page) => ({
      page,
      sections: page.sections.filter(({ level, title, text }) => level > 1 && has(`${title} ${text}`)),
    }))
    .filter(({ page, sections }) => sections.length > 0 || has(`${page.title} ${page.sections[0]?.text ?? ''}`));
}

/** Page and heading of a link within the guide; `null` for any other link. */
export function guideLink(href: string | undefined): { topic: HelpTopic; hash: string } | null {
  const match = /^\.\/([\w-]+)\.md(?:#([\w-]+))?$/.exec(href ?? '');
  const topic = HELP_TOPICS.find(({ id }) => id === match?.[1]);
  return topic === undefined ? null : { topic: topic.id, hash: match?.[2] ?? '' };
}
