/** Text of a model as Markdown. HTML in it stays text, and nothing in it is loaded by itself. */
import { memo, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { CopyButton } from '../../../ui/buttons.tsx';
import markdown from '../../../ui/display/markdown.module.css';
import { focusable } from '../../../ui/focusable.ts';
import text from '../../../ui/styles/text.module.css';
import css from './message.module.css';
import { stablePart } from './stable-part.ts';

interface Node {
  value?: unknown;
  children?: readonly Node[];
}
const textOf = ({ value, children = [] }: Node): string =>
  typeof value === 'string' ? value : children.map(textOf).join('');

/** Only addresses of the web: a model that writes one of the panel must not lead anywhere in it. */
function WebLink({ href, children }: { href: string | undefined; children?: ReactNode }) {
  if (href === undefined || !/^https?:\/\//i.test(href)) return children;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" title={href}>
      {children}
    </a>
  );
}

const COMPONENTS: Components = {
  // The screen has the first two levels.
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
  a: ({ href, children }) => <WebLink href={href}>{children}</WebLink>,
  // A picture would tell a server that it was looked at.
  img: ({ src, alt }) => <WebLink href={typeof src === 'string' ? src : undefined}>{alt || 'Picture'}</WebLink>,
  pre: ({ node, children }) => (
    <div className={`${markdown.code} ${css.code}`}>
      <pre className={text.pre} {...focusable}>
        {children}
      </pre>
      <CopyButton label="Copy code" text={node === undefined ? '' : textOf(node).trimEnd()} />
    </div>
  ),
  table: ({ children }) => (
    <div className={css.wide} {...focusable}>
      <table>{children}</table>
    </div>
  ),
};
const PLUGINS = [remarkGfm];

const Blocks = memo(function Blocks({ source }: { source: string }) {
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
      {source}
    </ReactMarkdown>
  );
});

/** @param props.growing more comes: only what may still change is read again */
export function Markdown({ source, growing = false }: { source: string; growing?: boolean }) {
  const end = growing ? stablePart(source) : source.length;
  return (
    <div className={`${markdown.text} ${css.markdown}`}>
      <Blocks source={source.slice(0, end)} />
      {end < source.length ? <Blocks source={source.slice(end)} /> : null}
    </div>
  );
}
