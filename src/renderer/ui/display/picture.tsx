/** A picture that others made, shown only when its pixels, once decoded, fit into memory. */
import { useState } from 'react';
import { HEAD_BYTES, mayBeAnimated } from './animation.ts';
import css from './picture.module.css';

/** Pixels of a picture that is shown at most; each of them takes four bytes. */
const MAX_PIXELS = 64_000_000;
/** Pixels of one that moves: its frames are decoded again and again. */
const MAX_MOVING = 4_000_000;

/** What keeps a picture from being shown; null when nothing does. */
async function problemOf(src: string, width: number, height: number): Promise<string | null> {
  const pixels = width * height;
  const size = `${width.toLocaleString('en')} × ${height.toLocaleString('en')}`;
  if (pixels > MAX_PIXELS) return `This picture of ${size} pixels is too large to show. Download it to open it.`;
  if (pixels <= MAX_MOVING) return null;
  try {
    const response = await fetch(src, { headers: { range: `bytes=0-${HEAD_BYTES - 1}` } });
    if (response.status === 206 && !mayBeAnimated(new Uint8Array(await response.arrayBuffer()))) return null;
  } catch {
    // Then nobody knows whether it moves.
  }
  return `This moving picture of ${size} pixels is too large to show. Download it to open it.`;
}

/** @param lazy loads when it comes into view */
export function Picture({
  src,
  alt,
  className,
  lazy,
}: {
  src: string | undefined;
  alt: string;
  className?: string | undefined;
  lazy?: boolean;
}) {
  const [found, setFound] = useState<{ src: string | undefined; problem: string | null } | null>(null);
  // A browser knows the size from the head of the file, and decodes a picture only once it can be seen.
  const isKnown = found !== null && found.src === src;
  if (isKnown && found.problem !== null) return <p className={css.problem}>{found.problem}</p>;
  return (
    <img
      className={className}
      src={src}
      alt={alt}
      decoding="async"
      loading={lazy ? 'lazy' : 'eager'}
      style={isKnown ? undefined : { visibility: 'hidden' }}
      onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
        if (src === undefined) return;
        void problemOf(src, naturalWidth, naturalHeight).then((problem) => setFound({ src, problem }));
      }}
      onError={() =>
        setFound({ src, problem: 'This picture is damaged or of a kind that this browser does not show.' })
      }
    />
  );
}
