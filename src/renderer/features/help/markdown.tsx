/** Renders the guide's Markdown. */

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { CopyButton } from '../../ui/buttons.tsx';
import css from '../../ui/display/markdown.module.css';
import text from '../../ui/styles/text.module.css';
import type { GuidePage } from './guide.ts';
import { guideLink, slugOf } from './guide.ts';

/** The parts of a syntax tree that are read here. */
interface Node {
  value?: unknown;
  children?: readonly Node[];
}

const textOf = ({ value, children = [] }: Node): string =>
  typeof value === 'string' ? value : children.map(textOf).join('');

function idOf(node: Node | undefined): string {
  return slugOf(node === undefined ? '' : textOf(node));
}

function GuideLink({ href, children }: { href?: string | undefined; children?: ReactNode }) {
  const target = guideLink(href);
  // The guide links to its own pages only, which a test enforces.
  if (target === null) return children;
  return (
    <Link to="/help/$topic" params={{ topic: target.topic }} hash={target.hash}>
      {children}
    </Link>
  );
}

const COMPONENTS: Components = {
  // Focusable, because a link to a heading moves the focus there.
  h1: ({ node, children }) => (
    <h1 id={idOf(node)} tabIndex={-1}>
      {children}
    </h1>
  ),
  h2: ({ node, children }) => (
    <h2 id={idOf(node)} tabIndex={-1}>
      {children}
    </h2>
  ),
  h3: ({ node, children }) => (
    <h3 id={idOf(node)} tabIndex={-1}>
      {children}
    </h3>
  ),
  a: ({ href, children }) => <GuideLink href={href}>{children}</GuideLink>,
  pre: ({ node, children }) => (
    <div className={css.code}>
      <pre className={text.pre}>{children}</pre>
      <CopyButton label="Copy code" text={node === undefined ? '' : textOf(node).trimEnd()} />
    </div>
  ),
};

const PLUGINS = [remarkGfm];

export function GuideText({ page }: { page: GuidePage }) {
  return (
    <div className={css.text}>
      <ReactMarkdown
        remarkPlugins={PLUGINS}
        components={COMPONENTS}
        urlTransform={(url) => (url.startsWith('#') ? `./${page.id}.md${url}` : url)}
      >
        {page.markdown}
      </ReactMarkdown>
    </div>
  );
}
